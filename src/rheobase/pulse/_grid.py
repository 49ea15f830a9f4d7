"""Pulses onto a time grid, as averages over its cells, so that no charge is lost on any grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def deposit(
    primitive: Callable[[np.ndarray], np.ndarray],
    duration_us: float,
    onset_us: np.ndarray,
    stretch: np.ndarray,
    gain: np.ndarray,
    dt_us: float,
    n: int,
) -> np.ndarray:
    """Sum of pulses, each at its onset, stretched in time and scaled in height, averaged over `n` cells from time 0.

    Work is proportional to the cells that pulses touch: each pulse has its own short row of cell edges, at which its
    primitive is taken; the difference over a cell is what the pulse leaves there.
    """
    out = np.zeros(n)
    length_us = duration_us * stretch
    near = (onset_us < n * dt_us) & (onset_us + length_us > 0)
    if n == 0 or not near.any():
        return out
    onset_us, stretch, gain, length_us = onset_us[near], stretch[near], gain[near], length_us[near]
    first = np.clip(np.floor(onset_us / dt_us).astype(np.int64) - 1, 0, n)
    wide = int(min(np.ceil(length_us.max() / dt_us) + 3, n))
    rows = max(1, 2_000_000 // (wide + 1))  # bounded memory, whatever the window
    for i in range(0, onset_us.size, rows):
        part = slice(i, i + rows)
        edge = first[part, None] + np.arange(wide + 1)
        since = (edge * dt_us - onset_us[part, None]) / stretch[part, None]
        height = (gain[part] * stretch[part] / dt_us)[:, None]
        left = np.diff(primitive(since), axis=1) * height
        cell = edge[:, :-1]
        held = cell < n
        out += np.bincount(cell[held], weights=left[held], minlength=n)
    return out
