"""Random numbers by place: draw number k depends on seed and k alone, so that any window of a train sees the same."""

from __future__ import annotations

import numpy as np

_STEP = 0x9E3779B97F4A7C15
_WORD = 0xFFFFFFFFFFFFFFFF


def draws(seed: int, stream: int, index: np.ndarray) -> np.ndarray:
    """Uniform numbers in [0, 1), one for each index.

    The mixer is SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195): its n-th output can be had
    without those before it. `stream` keeps apart what is drawn for different ends from one seed.
    """
    start = _mix_one((seed & _WORD) ^ _mix_one(stream & _WORD))
    z = np.asarray(index).astype(np.uint64) * np.uint64(_STEP) + np.uint64((start + _STEP) & _WORD)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) * 2.0**-53


def _mix_one(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _WORD
    return z ^ (z >> 31)
