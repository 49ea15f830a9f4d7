"""Forms of rate that many membranes share."""

from __future__ import annotations

import numpy as np

from rheobase.nerve.model import Array


def linoid(scale: float, width_mV: float, x_mV: Array) -> Array:
    """``scale x / (1 - exp(-x / width))``, with its limit at x = 0.

    Examples
    --------
    >>> float(linoid(2.0, 10.0, np.array([0.0]))[0])
    20.0
    """
    y = np.asarray(x_mV, dtype=float) / width_mV
    near = np.abs(y) < 1e-6
    safe = np.where(near, 1.0, np.clip(y, -500.0, 500.0))
    return scale * width_mV * np.where(near, 1.0 + y / 2.0, safe / -np.expm1(-safe))


def sigmoid(x_mV: Array, width_mV: float) -> Array:
    """``1 / (1 + exp(-x / width))``, safe at any x; a negative width turns it round.

    Examples
    --------
    >>> float(sigmoid(np.array([0.0]), 5.0)[0])
    0.5
    """
    return 1.0 / (1.0 + np.exp(np.clip(-np.asarray(x_mV, dtype=float) / width_mV, -500.0, 500.0)))
