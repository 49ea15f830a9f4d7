"""The way of a fibre through the body: a polyline with rounded corners, walked by arc length."""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.model import Array
from rheobase.tables import row

_CORNER_POINTS = 33


def rounded_mm(points_mm: Array) -> Array:
    """Round the corners of a polyline by quadratic Bezier curves.

    Parameters
    ----------
    points_mm : array, shape (n, 3)
        At least two points, no two neighbours equal.

    Returns
    -------
    array, shape (m, 3)
        The same way with each corner replaced by a short curve.

    Raises
    ------
    ParameterError
        If there are fewer than two points, or two neighbours coincide.

    Examples
    --------
    >>> corner = np.array([[0.0, 0, 0], [0, 0, 10], [10, 0, 10]])
    >>> rounded_mm(corner).shape
    (35, 3)
    """
    p = np.asarray(points_mm, dtype=float)
    if p.ndim != 2 or p.shape[0] < 2 or p.shape[1] != 3:
        raise ParameterError(f"points_mm has shape {p.shape}; give at least two points of x, y, z in mm.")
    legs = np.linalg.norm(np.diff(p, axis=0), axis=1)
    if (legs < 1e-9).any():
        raise ParameterError(f"points_mm {int(np.argmin(legs))} and the next coincide; remove one of them.")
    rule = row("branches.corner")
    s = np.linspace(0.0, 1.0, _CORNER_POINTS)[:, None]
    out = [p[:1]]
    for i in range(1, len(p) - 1):
        cut = min(rule["round_mm"], rule["largest_share"] * min(legs[i - 1], legs[i]))
        a = p[i] + cut / legs[i - 1] * (p[i - 1] - p[i])
        b = p[i] + cut / legs[i] * (p[i + 1] - p[i])
        out.append((1 - s) ** 2 * a + 2 * s * (1 - s) * p[i] + s**2 * b)
    return np.concatenate([*out, p[-1:]])


def walk_mm(points_mm: Array, arc_mm: Array) -> Array:
    """Places at given distances along a polyline, shape (n, 3).

    Parameters
    ----------
    points_mm : array, shape (m, 3)
        The polyline.
    arc_mm : array, shape (n,)
        Distances from its start; those beyond its end stay in the direction of the last leg.

    Examples
    --------
    >>> walk_mm(np.array([[0.0, 0, 0], [0, 0, 10]]), np.array([2.5, 12.0])).tolist()
    [[0.0, 0.0, 2.5], [0.0, 0.0, 12.0]]
    """
    p = np.asarray(points_mm, dtype=float)
    steps = np.diff(p, axis=0)
    legs = np.linalg.norm(steps, axis=1)
    at = np.concatenate([[0.0], np.cumsum(legs)])
    leg = np.clip(np.searchsorted(at, arc_mm, side="right") - 1, 0, len(legs) - 1)
    return p[leg] + steps[leg] * ((np.asarray(arc_mm) - at[leg]) / legs[leg])[:, None]


def length_mm(points_mm: Array) -> float:
    """Length of a polyline.

    Examples
    --------
    >>> length_mm(np.array([[0.0, 0, 0], [3.0, 4.0, 0]]))
    5.0
    """
    return float(np.linalg.norm(np.diff(np.asarray(points_mm, dtype=float), axis=0), axis=1).sum())
