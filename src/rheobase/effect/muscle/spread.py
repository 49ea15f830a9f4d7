"""Points spread evenly, any run of them too: few units then stand for many, the few strong ones among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HALVINGS = 60


def evenly(count: int, dimensions: int, rng: np.random.Generator, *, begin: int = 0) -> NDArray[np.float64]:
    """Points of the unit cube whose coordinates advance by steps that share no multiple, from a place drawn by chance.

    Parameters
    ----------
    count : int
        How many.
    dimensions : int
        Coordinates of each.
    rng : numpy Generator
        Draws the first point.
    begin : int
        How many to pass over.

    Returns
    -------
    array, shape (count, dimensions)
        Each 0 or above and below 1. The powers of the root of x^(d+1) = x + 1 are the steps (for one coordinate the
        golden section), the most even that are known for many coordinates.

    Examples
    --------
    >>> points = evenly(100, 1, np.random.default_rng(1))
    >>> bool(np.diff(np.sort(points[40:60, 0])).max() < 0.1)
    True
    """
    low, high = 1.0, 2.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle ** (dimensions + 1) < middle + 1.0 else (low, middle)
    steps = low ** -np.arange(1.0, dimensions + 1.0)
    return np.mod(rng.random(dimensions) + np.arange(begin, begin + count)[:, None] * steps, 1.0)
