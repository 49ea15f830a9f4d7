"""Hill curves of De Groote 2016: how the force of a muscle depends on its length and its speed."""

from __future__ import annotations

import numpy as np

from rheobase.tables import row


def force_length(length_relative: np.ndarray) -> np.ndarray:
    """Active force over fibre length, as shares of its largest and of the optimal length."""
    p = row("movement.hill")
    l = np.asarray(length_relative, float)[..., None]
    b1, b2, b3, b4 = (np.array(p[k]) for k in ("height", "centre", "width", "slope"))
    return (b1 * np.exp(-0.5 * (l - b2) ** 2 / (b3 + b4 * l) ** 2)).sum(axis=-1)


def force_velocity(speed_relative: np.ndarray) -> np.ndarray:
    """Active force over fibre speed, as a share of the fastest; lengthening is positive. Never below 0."""
    d1, d2, d3, d4 = row("movement.hill")["velocity"]
    x = d2 * np.asarray(speed_relative, float) + d3
    return np.maximum(d1 * np.log(x + np.sqrt(x * x + 1.0)) + d4, 0.0)
