"""Conductivity of the cells of a core, which the borders of bones, fat and muscles may cut.

A cell that a border cuts is taken for a laminate of its tissues, by their shares of its volume and the normal of the
border. Both come from asking for the tissue at places in the cell. The normal points where the conductivity grows: it
is the slope within a ball, in which it does not depend on how the cell lies to the border, averaged with that of the
neighbours. Where fibres turn from cell to cell within one tissue, the mean over the cell is taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

import numpy as np

from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid, CellShape, cell_shapes
from rheobase.field._laminate import Phase, Tensors, laminate

_PLACES = 4  # in each direction, at which a cut cell is asked for its tissues
_LOT = 4096  # cells at a time
_TURNING = 0.03  # change of a conductivity from cell to cell, of their sum, above which the mean is taken
_LEAST = 1e-2  # of the best tissue's conductivity: what any has at least in a cut cell; less makes solving slow
_BESIDE = 1 / 8  # weight of a neighbour's slope; more blunts the tips of thin tissues
_STRAIGHT = 1e-12
_ANSWERS: deque[tuple[Hashable, np.ndarray]] = deque(maxlen=4)  # of two shapes, some tens of MB


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """What lies in the core: tissue at the middle of every cell, and a closer look into those beside another kind.

    These are ``cells``, with the tissue at the lattice's places (places, cells) and the normal of the border (3, cells)
    in the cell's frame r, t, z; it points to the better conductor.
    """

    middle: np.ndarray
    cells: np.ndarray
    labels: np.ndarray
    normal: np.ndarray


def base_sigma(grid: BodyGrid) -> np.ndarray:
    """Conductivity of each tissue across and along its fibres, (2, tissues)."""
    return np.array([[t.sigma_transverse_S_per_m, t.sigma_axial_S_per_m] for t in grid.part.tissues]).T


def core_tensors(grid: BodyGrid, shape: CellShape, sigma: np.ndarray) -> Tensors:
    """Conductivity tensors in the core: of the laminate where a border cuts the cell, elsewhere of its one tissue.

    That is the one at the middle, or the mean over eight places where fibres turn from cell to cell. ``sigma`` has the
    conductivity of each tissue across and along its fibres, (2, tissues).
    """
    n = (grid.core_cells, *shape.radius.shape[1:])
    every = np.arange(np.prod(n))
    cut = _look_into(grid)
    out = _turned(grid, _points(grid, shape, every, np.zeros((3, 1))), cut.middle, sigma)
    turning = np.zeros(every.size, dtype=bool)
    if "rz" in out:  # somewhere fibres lean from the axis
        size = np.abs(out["rr"] + out["tt"] + out["zz"])
        for value in out.values():
            turning |= _beside_another((np.abs(value) / size).reshape(n), _TURNING).ravel()
        turning[cut.cells] = False
    uncut = np.flatnonzero(turning)
    means = [_means(grid, shape, c, sigma, cut.middle[c]) for c in _lots(uncut)]
    stacks = [_stacks(grid, shape, cut, c, sigma) for c in _lots(np.arange(cut.cells.size))]
    for cells, found in ((uncut, means), (cut.cells, stacks)):
        for key in {k for f in found for k in f}:
            values = np.concatenate([f.get(key, np.zeros(f["rr"].size)) for f in found])
            out.setdefault(key, np.zeros(every.size, dtype=sigma.dtype))[cells] = values
    return {key: value.reshape(n) for key, value in out.items()}


def _lots(of: np.ndarray) -> list[np.ndarray]:
    return [of[i : i + _LOT] for i in range(0, of.size, _LOT)]


@lru_cache(maxsize=2)
def _look_into(grid: BodyGrid) -> _Cut:
    """Look into the core, at the tissues' own conductivities; kept, as a spectrum asks at many frequencies.

    The slope of the conductivity in a cell is averaged with its neighbours', whose own is the larger the nearer the
    border is to their middles: a cell alone of which only a corner is cut off tells the normal badly.
    """
    shape = cell_shapes(grid, grid.radii_mm())
    n = (grid.core_cells, *shape.radius.shape[1:])
    labels = _asked(grid, (), lambda: _labels(grid, _points(grid, shape, np.arange(np.prod(n)), np.zeros((3, 1)))))
    sigma = base_sigma(grid)
    kinds = np.unique(sigma, axis=1, return_inverse=True)[1].ravel()  # borders of equal tissues need no care
    cells = np.flatnonzero(_beside_another(kinds[labels].reshape(n), 0))
    known = len(grid.part.tissues)
    kept = np.int8 if known < 128 else np.int64

    def looked() -> np.ndarray:
        looks = [_lattice_labels(grid, shape, c).astype(kept) for c in _lots(cells)]
        return np.concatenate(looks, axis=1) if looks else np.zeros((_PLACES**3, 0), dtype=kept)

    inside = _asked(grid, cells.tobytes(), looked)
    places, ball = _lattice()
    level = np.log(np.abs(sigma).mean(axis=0))
    slope = np.zeros((3, labels.size))
    for c in _lots(np.arange(cells.size)):
        slope[:, cells[c]] = (places * ball) @ level[inside[:, c]]
    slope = _blurred(slope.reshape(3, *n)).reshape(3, -1)[:, cells]
    return _Cut(labels, cells, inside, _normal(shape, cells, slope))


def _asked(grid: BodyGrid, where: Hashable, ask: Callable[[], np.ndarray]) -> np.ndarray:
    """Tissues at places of a grid, from the last few answers if a body of the same shape was asked there.

    Bodies that differ in what they conduct lie alike, and asking takes most of the time that a field does.
    """
    if grid.part.shape_key is None:
        return ask()
    key = (grid.part.shape_key, *(a.tobytes() for a in (grid.theta_rad, grid.z_mm, *grid.places)), where)
    for known, answer in list(_ANSWERS):
        if known == key:
            return answer
    answer = ask()
    answer.flags.writeable = False
    _ANSWERS.append((key, answer))
    return answer


def _blurred(v: np.ndarray) -> np.ndarray:
    """Sum with a share of both neighbours along each of the three last axes, the second of which is a ring."""
    for axis in (1, 2, 3):
        if axis == 2:
            v = v + _BESIDE * (np.roll(v, 1, axis=2) + np.roll(v, -1, axis=2))
            continue
        low, high = (tuple(s if a == axis else slice(None) for a in range(4)) for s in (slice(-1), slice(1, None)))
        some = _BESIDE * v
        v = v.copy()
        v[low] += some[high]
        v[high] += some[low]
    return v


def _beside_another(values: np.ndarray, apart: float) -> np.ndarray:
    """Cells that differ by more than ``apart`` from a neighbour."""
    out = np.zeros(values.shape, dtype=bool)
    for axis in range(3):
        if axis == 1:
            differs = np.abs(values - np.roll(values, -1, axis=1)) > apart
            out |= differs | np.roll(differs, 1, axis=1)
            continue
        low, high = (tuple(s if a == axis else slice(None) for a in range(3)) for s in (slice(-1), slice(1, None)))
        differs = np.abs(values[low] - values[high]) > apart
        out[low] |= differs
        out[high] |= differs
    return out


def _means(grid: BodyGrid, shape: CellShape, cells: np.ndarray, sigma: np.ndarray, labels: np.ndarray) -> Tensors:
    """Mean tensors over eight places of cells of one tissue each."""
    places = np.array(list(product((-0.25, 0.25), repeat=3))).T
    eight = np.tile(cells, 8)
    at = _points(grid, shape, eight, np.repeat(places, cells.size, axis=1))
    tensors = _turned(grid, at, np.tile(labels, 8), sigma, _frames_rad(grid, shape, eight))
    return {k: v.reshape(8, -1).mean(axis=0) for k, v in tensors.items()}


@cache
def _lattice() -> tuple[np.ndarray, np.ndarray]:
    """Places in the unit cube about its middle, (3, places), and the weight of each in the ball within it."""
    steps = (np.arange(_PLACES) + 0.5) / _PLACES - 0.5
    places = np.array(list(product(steps, repeat=3))).T
    fine = np.array(list(product((np.arange(8) + 0.5) / 8 - 0.5, repeat=3))).T / _PLACES
    inside = np.linalg.norm(places[:, :, None] + fine[:, None], axis=0) <= 0.5
    return places, inside.mean(axis=1)


def _stacks(grid: BodyGrid, shape: CellShape, cut: _Cut, which: np.ndarray, sigma: np.ndarray) -> Tensors:
    """Tensors of some of the cut cells."""
    places, _ = _lattice()
    cells, labels = cut.cells[which], cut.labels[:, which]
    size = np.abs(sigma)
    stiff = sigma * np.maximum(_LEAST * size.max() / size, 1.0)
    phases: list[Phase] = []
    for t in np.unique(labels):
        share = (labels == t).mean(axis=0)
        at = np.flatnonzero(share)
        centre = places @ (labels[:, at] == t) / places.shape[1] / share[at]
        here = _points(grid, shape, cells[at], centre)
        own = _turned(grid, here, np.full(at.size, t), stiff, _frames_rad(grid, shape, cells[at]))
        phases.append((at, share[at], own))
    return laminate(phases, cut.normal[:, which])


def _lattice_labels(grid: BodyGrid, shape: CellShape, cells: np.ndarray) -> np.ndarray:
    """Tissue at the lattice's places in cells, (places, cells)."""
    places, _ = _lattice()
    count = places.shape[1]
    at = _points(grid, shape, np.tile(cells, count), np.repeat(places, cells.size, axis=1))
    return _labels(grid, at).reshape(count, cells.size)


def _normal(shape: CellShape, cells: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Unit normal in the cell's frame (r, t, z) from a slope in the unit cube; 0 where there is none."""
    across, around, along, by_t, by_z = (
        a.reshape(-1)[cells] for a in (shape.across, shape.around, shape.along, shape.slant_around, shape.slant_along)
    )
    r = slope[0] / across
    out = np.stack([r, (slope[1] - by_t * r) / around, (slope[2] - by_z * r) / along])
    size = np.linalg.norm(out, axis=0)
    return out / np.where(size > _STRAIGHT * np.abs(out).max(initial=0.0), size, np.inf)


def _points(grid: BodyGrid, shape: CellShape, cells: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Cylindrical coordinates (r mm, theta, z mm) of one place (3, n), -0.5 to 0.5, in each of n core cells."""
    across, around, along = places
    _, j, k = np.unravel_index(cells, shape.radius.shape)
    r, own, by_t, by_z = (
        a.reshape(-1)[cells] for a in (shape.radius, shape.across, shape.slant_around, shape.slant_along)
    )
    r = r + across * own + around * by_t + along * by_z
    theta = grid.middle_theta_rad[j] + around * grid.d_theta_rad[j]
    return np.stack([r * 1e3, theta, grid.middle_z_mm[k] + along * grid.d_z_mm[k]])


def _labels(grid: BodyGrid, at: np.ndarray) -> np.ndarray:
    r, theta, z = at
    labels = np.asarray(grid.part.core_labels(np.column_stack([r * np.cos(theta), r * np.sin(theta), z])))
    known = len(grid.part.tissues)
    if labels.shape != r.shape or labels.dtype.kind not in "iu":
        raise ParameterError(
            f"{type(grid.part).__name__}.core_labels gave {labels.dtype} of shape {labels.shape} for {r.size} points;"
            " it must give one whole number for each."
        )
    wrong = np.flatnonzero((labels < 0) | (labels >= known))
    if wrong.size:
        i = wrong[0]
        raise ParameterError(
            f"{type(grid.part).__name__}.core_labels gave label {labels[i]} at radius {r[i]:.4g} mm,"
            f" {np.rad2deg(theta[i]):.4g} deg, z = {z[i]:.4g} mm; there are {known} tissues, so labels run from 0 to"
            f" {known - 1}."
        )
    return labels


def _frames_rad(grid: BodyGrid, shape: CellShape, cells: np.ndarray) -> np.ndarray:
    """Angle of the middle of cells, by which their frame is turned."""
    return grid.middle_theta_rad[np.unravel_index(cells, shape.radius.shape)[1]]


def _turned(
    grid: BodyGrid, at: np.ndarray, labels: np.ndarray, sigma: np.ndarray, frame_rad: np.ndarray | None = None
) -> Tensors:
    """Conductivity at points (r, theta, z), from the fibres' frame into that of the point, or of ``frame_rad``."""
    across, extra = sigma[0, labels], sigma[1, labels] - sigma[0, labels]
    r, theta, z = at
    u = np.zeros((labels.size, 3))
    u[:, 2] = 1.0
    fibrous = np.flatnonzero(extra)
    points = np.column_stack([r * np.cos(theta), r * np.sin(theta), z])[fibrous]
    u[fibrous] = grid.part.core_directions(points, labels[fibrous])
    turn = theta if frame_rad is None else frame_rad
    c, s = np.cos(turn), np.sin(turn)
    own = {"r": c * u[:, 0] + s * u[:, 1], "t": c * u[:, 1] - s * u[:, 0], "z": u[:, 2]}
    out = {k: (across if k[0] == k[1] else 0.0) + extra * own[k[0]] * own[k[1]] for k in ("rr", "tt", "zz")}
    if np.any(np.abs(own["z"]) < 1.0 - _STRAIGHT):
        out |= {k: extra * own[k[0]] * own[k[1]] for k in ("rt", "rz", "tz")}
    return out
