"""The surface at which an array of three dimensions passes one half.

One corner in each cell that it crosses, at the mean of the places where it crosses the cell's edges, and one square for
each edge between cells that it crosses.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def surface_net(share: Array) -> tuple[Array, NDArray[np.int64]]:
    """The surface where an array of three dimensions passes one half.

    Parameters
    ----------
    share : (a, b, c) array
        Values at the corners of cells.

    Returns
    -------
    points : (n, 3) array
        Corners of the surface, counted in cells.
    squares : (m, 4) array
        Four corners each.

    Examples
    --------
    A single full corner is enclosed by the eight cells around it:

    >>> full = np.zeros((3, 3, 3))
    >>> full[1, 1, 1] = 1.0
    >>> points, squares = surface_net(full)
    >>> points.shape, squares.shape
    ((8, 3), (6, 4))
    """
    inside = share >= 0.5
    cells = tuple(n - 1 for n in share.shape)
    total, count = np.zeros((*cells, 3)), np.zeros(cells)
    for axis in range(3):
        low, high = (_slice(share, axis, s) for s in (slice(None, -1), slice(1, None)))
        crossed = (low >= 0.5) != (high >= 0.5)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(crossed, (0.5 - low) / (high - low), 0.0)
        others = [i for i in range(3) if i != axis]
        for shift in product((0, 1), repeat=2):
            cut = [slice(None)] * 3
            for other, s in zip(others, shift, strict=True):
                cut[other] = slice(s, s + cells[other])
            there = crossed[tuple(cut)]
            count += there
            total[..., axis] += at[tuple(cut)]
            for other, s in zip(others, shift, strict=True):
                total[..., other] += s * there
    has = count > 0
    number = np.full(cells, -1)
    number[has] = np.arange(has.sum())
    points = np.argwhere(has) + total[has] / count[has][:, None]
    return points, np.concatenate([_squares(inside, number, axis) for axis in range(3)])


def _squares(inside: NDArray[np.bool_], number: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    """One square across every edge along an axis that the surface crosses."""
    crossed = _slice(inside, axis, slice(None, -1)) != _slice(inside, axis, slice(1, None))
    b, c = (i for i in range(3) if i != axis)
    at = np.argwhere(crossed)
    at = at[(at[:, b] > 0) & (at[:, c] > 0) & (at[:, b] < inside.shape[b] - 1) & (at[:, c] < inside.shape[c] - 1)]
    corners = []
    for back_b, back_c in ((1, 1), (0, 1), (0, 0), (1, 0)):
        cell = at.copy()
        cell[:, b] -= back_b
        cell[:, c] -= back_c
        corners.append(number[tuple(cell.T)])
    return np.stack(corners, axis=1)


def _slice(array: NDArray, axis: int, part: slice) -> NDArray:
    index = [slice(None)] * 3
    index[axis] = part
    return array[tuple(index)]
