"""Conductivity of the cells of a grid around a lead, and which tissue each part of a cell is."""

from __future__ import annotations

from itertools import product

import numpy as np

from rheobase.anatomy import SolidBody
from rheobase.field._body_grid import CellShape
from rheobase.field._lead_grid import LeadGrid, frame

_SUB = (-1 / 3, 0.0, 1 / 3)  # where in a cell tissues are asked for, if it is cut by a border
_CROSS = ("rr", "tt", "zz", "rt", "rz", "tz")


def solids_at(body: SolidBody, points_mm: np.ndarray) -> np.ndarray:
    """Which solid each of (n, 3) points belongs to; the first where none other is."""
    out = np.zeros(len(points_mm), dtype=int)
    for i, solid in enumerate(body.solids[1:], start=1):
        out[solid.shape.contains(points_mm)] = i
    return out


def solid_tensors(body: SolidBody) -> np.ndarray:
    """Conductivity tensor of every solid, S/m, in the axes of the body: (solids, 3, 3)."""
    by_name = {t.name: t for t in body.tissues}
    out = np.empty((len(body.solids), 3, 3))
    for i, solid in enumerate(body.solids):
        tissue, u = by_name[solid.tissue], solid.direction
        across, along = tissue.sigma_transverse_S_per_m, tissue.sigma_axial_S_per_m
        out[i] = across * np.eye(3) + (along - across) * np.outer(u, u)
    return out


def cell_tensors(body: SolidBody, grid: LeadGrid, shape: CellShape) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Conductivity of every cell in its own frame (r, around t, along z), S/m, and the solid at its middle.

    A cell that a border cuts has the mean over 27 places; the shaft conducts nothing.
    """
    turn = frame(grid.lead)
    sigma = turn @ solid_tensors(body) @ turn.T
    n = shape.radius.shape
    if len(body.solids) == 1:
        labels = np.zeros(n, dtype=int)
    else:
        labels = solids_at(body, _points(grid, shape, (0.0, 0.0, 0.0))).reshape(n)
    keys = [k for k in _CROSS if k in ("rr", "tt", "zz") or np.any(np.abs(_entry(sigma, k, grid)) > 1e-12)]
    out = {k: _at(sigma, k, grid, labels) for k in keys}
    cut = np.flatnonzero(_differs(labels))
    if cut.size:
        sums = {k: np.zeros(cut.size) for k in keys}
        around = np.unravel_index(cut, n)[1]
        for place in product(_SUB, _SUB, _SUB):
            here = solids_at(body, _points(grid, shape, place, cut))
            for k in keys:
                sums[k] += _entry(sigma, k, grid)[here, around] / len(_SUB) ** 3
        for k in keys:
            out[k].reshape(-1)[cut] = sums[k]
    for k in keys:
        out[k][: grid.mantle, :, grid.shaft] = 0.0
    return out, labels


def _entry(sigma: np.ndarray, key: str, grid: LeadGrid) -> np.ndarray:
    """One entry of every solid's tensor at the angle of every cell: (solids, around)."""
    t = grid.theta_rad + grid.d_theta_rad / 2
    zero = np.zeros_like(t)
    axis = {"r": np.stack([np.cos(t), np.sin(t), zero]), "t": np.stack([-np.sin(t), np.cos(t), zero])}
    axis["z"] = np.stack([zero, zero, zero + 1.0])
    return np.einsum("ia,sij,ja->sa", axis[key[0]], sigma, axis[key[1]])


def _at(sigma: np.ndarray, key: str, grid: LeadGrid, labels: np.ndarray) -> np.ndarray:
    return _entry(sigma, key, grid)[labels, np.arange(labels.shape[1])[:, None]]


def _points(
    grid: LeadGrid, shape: CellShape, place: tuple[float, float, float], cells: np.ndarray | None = None
) -> np.ndarray:
    """One place in cells, as points of the body."""
    across, around, along = place
    n = shape.radius.shape
    r = 1e3 * (shape.radius + across * shape.across + around * shape.slant_around)
    theta = np.broadcast_to((grid.theta_rad + (0.5 + around) * grid.d_theta_rad)[:, None], n)
    s = np.broadcast_to((grid.along_mm[:-1] + (0.5 + along) * np.diff(grid.along_mm)), n)
    r, theta, s = (a.reshape(-1) if cells is None else a.reshape(-1)[cells] for a in (r, theta, s))
    return grid.lead.origin_mm + np.column_stack([r * np.cos(theta), r * np.sin(theta), s]) @ frame(grid.lead)


def _differs(labels: np.ndarray) -> np.ndarray:
    """Cells with a neighbour of another solid."""
    out = np.zeros(labels.shape, dtype=bool)
    turned = labels != np.roll(labels, -1, axis=1)
    out |= turned | np.roll(turned, 1, axis=1)
    for axis in (0, 2):
        low, high = (tuple(s if a == axis else slice(None) for a in range(3)) for s in (slice(-1), slice(1, None)))
        found = labels[low] != labels[high]
        out[low] |= found
        out[high] |= found
    return out
