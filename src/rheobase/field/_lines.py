"""Where the surfaces of a body-fitted grid lie: close together at pad edges and near the skin, further apart elsewhere.

Spacing is a function of place, so that one factor refines every cell alike and convergence can be observed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.electrode import Pad

EDGE_MM = 0.8  # cells at pad edges, and their growth with distance from the nearest edge
_GROWTH = 0.15
_WIDEST_MM = 8.0
_SKIN_MM = 0.4  # cells at the skin, and their growth with depth
_DEPTH_GROWTH = 0.1
_DEEPEST_MM = 3.0
_DEEPEST_SHARE = 0.04  # of the radius, where that is more: a trunk needs no finer cells than a limb has for its size
_FEWEST = 2
_FEWEST_SKIN = 3
_SAMPLES = 400


def spaced(low_mm: float, high_mm: float, spacing: Callable[[np.ndarray], np.ndarray], fewest: int = 1) -> np.ndarray:
    """Places from ``low_mm`` to ``high_mm``, both included, about ``spacing`` apart."""
    x = np.linspace(low_mm, high_mm, _SAMPLES + 1)
    rate = 1.0 / spacing(x)
    count = np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(x))])
    cells = max(int(np.ceil(count[-1] - 1e-6)), fewest)
    return np.interp(np.linspace(0.0, count[-1], cells + 1), count, x)


def between_edges(
    low_mm: float, high_mm: float, edges_mm: np.ndarray, edge_cell_mm: float, factor: float
) -> np.ndarray:
    """Places from ``low_mm`` to ``high_mm`` through every edge, fine at the edges."""
    edges = np.unique(np.round(edges_mm, 6))
    inner = edges[(edges > low_mm + 0.1 * edge_cell_mm) & (edges < high_mm - 0.1 * edge_cell_mm)]
    stops = np.concatenate([[low_mm], inner, [high_mm]])

    def spacing(x: np.ndarray) -> np.ndarray:
        away = np.min(np.abs(x[:, None] - edges), axis=1)
        return np.minimum(edge_cell_mm + _GROWTH * away, _WIDEST_MM) / factor

    runs = [spaced(a, b, spacing) for a, b in pairwise(stops)]
    return np.concatenate([runs[0][:1], *(r[1:] for r in runs)])


def along_lines_mm(part: BodyPart, pads: tuple[Pad, ...], edge_cell_mm: float, factor: float) -> np.ndarray:
    """Places along the axis."""
    edges = [e for p in pads for e in along_edges_mm(part, p)]
    return between_edges(*part.ends_mm, np.array(edges), edge_cell_mm, factor)


def around_lines_rad(part: BodyPart, pads: tuple[Pad, ...], edge_cell_mm: float, factor: float) -> np.ndarray:
    """Angles, rising over one turn, without the one that closes it."""
    middle = float(np.mean([p.along_mm for p in pads]))
    girth = part.girth_mm(middle)
    edges = np.concatenate([part.arc_mm(np.array(around_edges_rad(part, p)), middle) for p in pads])
    edges = np.unique(np.round(edges % girth, 6))
    seam = edges[0]  # the turn begins at an edge, so that every cell lies between two edges
    close = np.append(edges, seam + girth)
    wide = np.concatenate([close - girth, close, close + girth])
    arcs = between_edges(seam, seam + girth, wide, edge_cell_mm, factor)[:-1]
    t = np.linspace(-np.pi, np.pi, 2 * _SAMPLES + 1)
    return np.sort(np.interp(arcs % girth, part.arc_mm(t, middle), t))


def along_edges_mm(part: BodyPart, pad: Pad) -> tuple[float, float]:
    """Both ends of a pad along the axis: its length is measured along the skin."""
    half = pad.extent_mm / 2 / _meridian(part, pad)
    return pad.along_mm - half, pad.along_mm + half


def around_edges_rad(part: BodyPart, pad: Pad) -> tuple[float, float]:
    """Angles of both sides of a pad at its middle, each between -pi and pi."""
    t = np.linspace(-np.pi, np.pi, 2 * _SAMPLES + 1)
    arc = part.arc_mm(t, pad.along_mm)
    girth = arc[-1]
    own = np.interp(_turned(np.deg2rad(pad.around_deg)), t, arc)
    low, high = (np.interp((own + s * pad.around_mm / 2) % girth, arc, t) for s in (-1, 1))
    return float(low), float(high)


def _turned(theta_rad: float) -> float:
    return (theta_rad + np.pi) % (2 * np.pi) - np.pi


def _meridian(part: BodyPart, pad: Pad) -> float:
    """Length along the skin per length along the axis at the middle of a pad."""
    z = np.clip(pad.along_mm + np.array([-0.5, 0.5]), *part.ends_mm)
    r = part.outline_mm(np.full(2, np.deg2rad(pad.around_deg)), z)
    return float(np.hypot(1.0, (r[1] - r[0]) / (z[1] - z[0])))


def across_lines(part: BodyPart, factor: float) -> tuple[np.ndarray, ...]:
    """Relative places (0 to 1) of the surfaces in the core and in every layer, inside out."""
    t, z = np.meshgrid(np.linspace(-np.pi, np.pi, 24, endpoint=False), np.linspace(*part.ends_mm, 9), indexing="ij")
    borders = part.borders_mm(t, z).mean(axis=(1, 2))
    deepest = max(_DEEPEST_MM, _DEEPEST_SHARE * borders[0])

    def spacing(r: np.ndarray) -> np.ndarray:
        return np.minimum(_SKIN_MM + _DEPTH_GROWTH * (borders[0] - r), deepest) / factor

    rings = np.array([0.0, *sorted(part.core_rings_relative), 1.0]) * borders[-1]
    core = [spaced(a, b, spacing, _FEWEST) for a, b in pairwise(rings)]
    layers = [spaced(b, a, spacing, _FEWEST if i else _FEWEST_SKIN) for i, (a, b) in enumerate(pairwise(borders))]
    core_places = np.concatenate([core[0], *(c[1:] for c in core[1:])])
    return core_places / borders[-1], *((x - x[0]) / (x[-1] - x[0]) for x in layers[::-1])
