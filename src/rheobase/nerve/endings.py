"""Fibres that end under a pad: the grid of endings that is simulated, and every fibre between its points.

Thresholds vary smoothly with diameter and depth and jump between courses and tapers, so a grid over all of them is
simulated once; a fibre of any diameter and depth is then read off by interpolation of the logarithm.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator

from rheobase.anatomy import BodyPart, LayeredLimb, course_points_mm, cutaneous_course, motor_course
from rheobase.electrode import Pad
from rheobase.errors import ParameterError, near_name
from rheobase.field import Field
from rheobase.nerve.fibre import Fibre, uniform_fibre
from rheobase.nerve.model import Array
from rheobase.nerve.path import length_mm, rounded_mm, walk_mm
from rheobase.nerve.taper import FREE, node_beyond, tapered_fibre, with_free_ending
from rheobase.nerve.threshold import Stimulus, Thresholds, activation_thresholds
from rheobase.tables import row

KINDS = {"A-beta": "a_beta", "A-alpha": "a_alpha", "A-delta": "a_delta"}
DEEPEST_SHARE = 0.8  # motor endings lie in the outer part of the muscle


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One fibre that ends under a pad.

    Parameters
    ----------
    kind : str
        ``"A-beta"``, ``"A-alpha"`` (motor) or ``"A-delta"``.
    diameter_um : float
        Diameter of the parent.
    taper : str
        How it thins out; ``"free"`` for a thin fibre that loses its myelin, empty for one that ends with it.
    course : str
        How it reaches its ending.
    depth_mm : float
        Depth of the ending: below the skin for skin fibres, below the fascia for motor fibres. A free ending loses its
        myelin there and goes straight on to the epidermis.
    along_mm, around_deg : float
        Where it rises.
    topmost_mm : float, optional
        Place up to which other pads may excite the fibre on its way; by default as far beyond the middle of the limb as
        it ends before it, where the other pad of a pair lies.

    Examples
    --------
    >>> Ending(kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0,
    ...        around_deg=0.0).kind
    'A-beta'
    """

    kind: str
    diameter_um: float
    taper: str
    course: str
    depth_mm: float
    along_mm: float
    around_deg: float
    topmost_mm: float | None = None

    @property
    def way(self) -> tuple:
        """What decides its way through a limb; two endings of one way differ in the fibre only."""
        return self.kind == "A-alpha", self.taper == FREE, self.course, self.depth_mm, self.along_mm, self.around_deg

    @property
    def bare_mm(self) -> float:
        """Length of the bare axon of a free ending, 0 for other endings."""
        return self.depth_mm - row("branches.free_ending")["tip_mm"] if self.taper == FREE else 0.0

    def points_mm(self, limb: BodyPart) -> Array:
        """Way of the fibre from its ending until it leaves the model, corners rounded, shape (n, 3)."""
        at = {"along_mm": self.along_mm, "around_deg": self.around_deg}
        if self.kind == "A-alpha":
            course = motor_course(limb, self.course, below_fascia_mm=self.depth_mm, **at)
        else:
            course = cutaneous_course(limb, self.course, ending_mm=self.depth_mm, **at)
        if self.taper == FREE:
            course = ((self.depth_mm - self.bare_mm, course[0][1]), *course)
        return rounded_mm(course_points_mm(limb, course, self.around_deg))

    def fibre(self, reach_mm: float) -> Fibre:
        """The fibre itself, at most as long as its way reaches."""
        p = row("populations.grid")
        silent = p["silent_nodes"]
        if self.taper == FREE:
            return _free(self.diameter_um, p["a_delta_length_mm"], self.kind, silent, self.bare_mm)
        if self.taper:
            wanted = p["motor_length_mm"] if self.kind == "A-alpha" else p["cutaneous_length_mm"]
            # a fibre from the distal pad runs on beneath the proximal one and can be excited there
            beyond = -2.0 * self.along_mm if self.topmost_mm is None else self.topmost_mm - self.along_mm
            length = max(wanted, min(reach_mm - 2.0, wanted + beyond))
            return _tapered(self.taper, self.diameter_um, length, self.kind, silent)
        return _thin(self.diameter_um, p["a_delta_length_mm"], self.kind, silent)


# The fibres of a grid recur in every body: each is made once.
@lru_cache(maxsize=1024)
def _tapered(taper: str, parent_um: float, length_mm: float, label: str, silent: int) -> Fibre:
    return tapered_fibre(taper, parent_um=parent_um, length_mm=length_mm, label=label, silent_nodes=silent)


@lru_cache(maxsize=1024)
def _thin(diameter_um: float, length_mm: float, label: str, silent: int) -> Fibre:
    one = uniform_fibre("pena", diameter_um=diameter_um, nodes=4)
    nodes = int(1000.0 * length_mm / one.kinds.length_um[0]) + silent + 1
    return uniform_fibre(
        "pena", diameter_um=diameter_um, nodes=nodes, passive_ends=False, label=label, silent_nodes=silent
    )


@lru_cache(maxsize=1024)
def _free(diameter_um: float, length_mm: float, label: str, silent: int, bare_mm: float) -> Fibre:
    return with_free_ending(_thin(diameter_um, length_mm, label, silent), bare_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingGrid:
    """All endings of one kind under one pad that are simulated.

    Parameters
    ----------
    kind, pad : str
        Kind of fibre and name of the pad.
    diameters_um, depths_mm, places_mm : tuple of float
        Grid of diameters, ending depths and places along the limb.
    tapers, courses : tuple of str
        Tapers (see `Ending`) and courses.
    around_deg : float
        Angle of the pad's centre, in whose plane all fibres lie.
    topmost_mm : float, optional
        As for `Ending`.
    motor_depth_mm : float, optional
        Middle depth below the fascia of motor endings; none for skin fibres.

    Examples
    --------
    >>> grid = EndingGrid(kind="A-beta", pad="p", diameters_um=(8.7,), depths_mm=(1.0,), places_mm=(45.0,),
    ...                   tapers=("short",), courses=("vertical",), around_deg=0.0)
    >>> grid.shape
    (1, 1, 1, 1, 1)
    """

    kind: str
    pad: str
    diameters_um: tuple[float, ...]
    tapers: tuple[str, ...]
    courses: tuple[str, ...]
    depths_mm: tuple[float, ...]
    places_mm: tuple[float, ...]
    around_deg: float
    topmost_mm: float | None = None
    motor_depth_mm: float | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along (diameter, taper, course, depth, place)."""
        axes = (self.diameters_um, self.tapers, self.courses, self.depths_mm, self.places_mm)
        return tuple(len(a) for a in axes)

    def endings(self) -> list[Ending]:
        """Every ending of the grid, in the order of `shape`."""
        axes = (self.diameters_um, self.tapers, self.courses, self.depths_mm, self.places_mm)
        return [
            Ending(
                kind=self.kind, diameter_um=d, taper=t, course=c, depth_mm=e, along_mm=z, around_deg=self.around_deg,
                topmost_mm=self.topmost_mm,
            )
            for d, t, c, e, z in itertools.product(*axes)
        ]  # fmt: skip


def usual_motor_depth_mm() -> float:
    """Middle depth of motor endings below the fascia, where nothing is known of the muscle.

    Examples
    --------
    >>> usual_motor_depth_mm()
    8.5
    """
    p = row("populations.person")
    return (p["motor_depth_from_mm"] + p["motor_depth_to_mm"]) / 2


def skin_depth_mm(limb: BodyPart, pad: Pad) -> float:
    """Thickness of the skin under the middle of a pad.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    pad : Pad
        The pad.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> skin_depth_mm(Forearm(), pad_pair(Forearm()).pads[0])
    1.5
    """
    if isinstance(limb, LayeredLimb):
        return float(limb.layers[-1].outer_radius_mm - limb.layers[-2].outer_radius_mm)
    return float(limb.layer_depth_mm(limb.layer_names[0], pad.around_deg, pad.along_mm))


def skin_endings_mm(kind: str, skin_mm: float) -> tuple[float, ...]:
    """Depths at which a kind of skin fibre ends, below the surface of a skin of some thickness.

    Thin fibres end where the dermis does, for there they lose their myelin.

    Parameters
    ----------
    kind : str
        ``"A-beta"`` or ``"A-delta"``.
    skin_mm : float
        Thickness of epidermis and dermis.

    Examples
    --------
    >>> skin_endings_mm("A-delta", 1.5), skin_endings_mm("A-beta", 1.5)
    ((1.4, 2.0), (1.0,))
    """
    p = row(f"populations.{KINDS[kind]}")
    if "ending_below_skin_mm" in p:
        return tuple(round(skin_mm + d, 9) for d in p["ending_below_skin_mm"])
    return tuple(p["ending_depth_mm"])


def ending_grid(
    kind: str,
    pad: Pad,
    *,
    skin_mm: float | None = None,
    muscle_mm: float = 20.0,
    topmost_mm: float | None = None,
    motor_depth_mm: float | None = None,
) -> EndingGrid:
    """Grid of the endings of one kind under one pad, from the table of populations.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    pad : Pad
        The pad.
    skin_mm : float, optional
        Thickness of the skin, which decides where thin fibres end; by default that of the forearm.
    muscle_mm : float
        Thickness of the muscle below the fascia, above 0; motor endings reach at most 80 % of it.
    topmost_mm : float, optional
        As for `Ending`.
    motor_depth_mm : float, optional
        Middle depth below the fascia of motor endings, above 0; by default `usual_motor_depth_mm`. The depths simulated
        grow with it.

    Raises
    ------
    ParameterError
        For an unknown kind, or a depth not above 0.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> ending_grid("A-delta", pad_pair(Forearm()).pads[0]).shape
    (5, 1, 4, 2, 2)
    """
    if kind not in KINDS:
        raise ParameterError(f"There is no kind of fibre '{kind}'.{near_name(kind, KINDS)}")
    p, grid = row(f"populations.{KINDS[kind]}"), row("populations.grid")
    middle = None
    if kind == "A-alpha":
        middle = usual_motor_depth_mm() if motor_depth_mm is None else motor_depth_mm
        if not middle > 0:
            raise ParameterError(f"motor_depth_mm is {middle:g} mm; motor endings lie below the fascia, above 0 mm.")
        factor = middle / usual_motor_depth_mm()
        # deeper endings move up to the deepest possible, so that a little more fat changes thresholds a little
        depths = sorted({min(d * factor, DEEPEST_SHARE * muscle_mm) for d in p["ending_below_fascia_mm"]})
    else:
        depths = skin_endings_mm(kind, row("forearm.skin")["skin_mm"] if skin_mm is None else skin_mm)
    half = pad.extent_mm / 2
    return EndingGrid(
        kind=kind,
        pad=pad.name,
        diameters_um=tuple(grid[f"{KINDS[kind]}_um"]),
        tapers=tuple(p["taper"]) if "taper" in p else ("",),
        courses=tuple(p["course"]),
        depths_mm=tuple(depths),
        places_mm=tuple(pad.along_mm + s * half for s in p["place_share"]),
        around_deg=pad.around_deg,
        topmost_mm=topmost_mm,
        motor_depth_mm=middle,
    )


def ending_thresholds(
    limb: BodyPart,
    field: Field,
    endings: Sequence[Ending],
    stimulus: Stimulus,
    *,
    tolerance: float = 0.02,
    guess_mA: Array | None = None,
    guess_factor: Array | None = None,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Thresholds:
    """Threshold of each ending in a field.

    Parameters
    ----------
    limb : BodyPart
        The limb.
    field : Field
        Its field.
    endings : sequence of Ending
        The fibres.
    stimulus : Stimulus
        Waveform of the active contact.
    tolerance : float
        Ratio of the bracket minus 1.
    guess_mA : array, optional
        Where to begin.
    guess_factor : array, optional
        The same as a multiple of the linear prediction.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import stimulus_from_segments
    >>> arm = Forearm()
    >>> field = solve_field(arm, pad_pair(arm))
    >>> biphasic = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    >>> touch = Ending(kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0,
    ...                around_deg=0.0)
    >>> print(f"{ending_thresholds(arm, field, [touch], biphasic).threshold_mA[0]:.0f} mA")
    2 mA
    """
    found: dict[tuple, Array] = {}  # fibres of all diameters share their way
    ways = [found[k] if (k := e.way) in found else found.setdefault(k, e.points_mm(limb)) for e in endings]
    fibres = [e.fibre(length_mm(w)) for e, w in zip(endings, ways, strict=True)]
    potentials = _potentials(field, [e.around_deg for e in endings], ways, fibres)
    p = row("populations.grid")
    # thin fibres are uniform once they have their myelin: the spike need not travel far at 3 m/s
    arrival = [p["a_delta_arrival_mm"] + e.bare_mm if e.kind == "A-delta" else p["arrival_mm"] for e in endings]
    return activation_thresholds(
        fibres, potentials, stimulus, tolerance=tolerance,
        watch=[node_beyond(f, a) for f, a in zip(fibres, arrival, strict=True)],
        temperature_C=temperature_C, true_start=True, guess_mA=guess_mA, guess_factor=guess_factor,
        progress=progress,
    )  # fmt: skip


def _potentials(field: Field, around_deg: list[float], ways: list[Array], fibres: list[Fibre]) -> list[Array]:
    """Potential at all compartments of each fibre.

    Fibres of all diameters share their way, so the field is taken along the way once, finely where it rises and turns,
    and each fibre reads its compartments off in between. The curve is monotone between its points: at the border of
    two tissues, where the potential has a kink, it does not overshoot.
    """
    members: dict[tuple[float, int], list[int]] = {}
    for i, (angle, way) in enumerate(zip(around_deg, ways, strict=True)):
        members.setdefault((angle, id(way)), []).append(i)
    arcs = {id(f): f.arc_um / 1000.0 for f in fibres}
    knots = {k: _knots_mm(max(arcs[id(fibres[i])][-1] for i in mine)) for k, mine in members.items()}
    out: list[Array] = [np.empty((1, 0))] * len(fibres)
    for angle in dict.fromkeys(around_deg):
        plane = field.plane(angle)
        here = [k for k in members if k[0] == angle]
        points = [walk_mm(ways[members[k][0]], knots[k]) for k in here]
        ends = np.cumsum([len(p) for p in points])[:-1]
        for k, v in zip(here, np.split(plane.drive_V_per_A(np.concatenate(points)), ends), strict=True):
            curve = PchipInterpolator(knots[k], v)
            for i in members[k]:
                out[i] = curve(arcs[id(fibres[i])])[None]
    return out


def _knots_mm(reach_mm: float) -> Array:
    """Places along a way at which the field is taken."""
    p = row("populations.grid")
    fine = np.arange(0.0, min(p["fine_reach_mm"], reach_mm), p["fine_step_mm"])
    return np.append(fine, np.linspace(fine[-1], reach_mm, 2 + int((reach_mm - fine[-1]) / p["coarse_step_mm"]))[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class GridThresholds:
    """Thresholds over grids of endings.

    Parameters
    ----------
    threshold_mA : mapping
        By (kind, pad), each of its grid's shape; NaN where none was found.
    factor : mapping
        Ratio of threshold and linear prediction, likewise; where a search in a like limb best begins.

    Examples
    --------
    >>> one = {("A-beta", "p"): np.ones(1)}
    >>> float(GridThresholds(threshold_mA=one, factor=one)["A-beta", "p"][0])
    1.0
    """

    threshold_mA: Mapping[tuple[str, str], Array]
    factor: Mapping[tuple[str, str], Array]

    def __getitem__(self, key: tuple[str, str]) -> Array:
        return self.threshold_mA[key]


def grid_thresholds(
    limb: BodyPart,
    field: Field,
    grids: Sequence[EndingGrid],
    stimulus: Stimulus,
    *,
    like: GridThresholds | None = None,
    progress: Callable[[float], None] | None = None,
) -> GridThresholds:
    """Find the thresholds over whole grids.

    Parameters
    ----------
    limb : BodyPart
        The limb.
    field : Field
        Its field.
    grids : sequence of EndingGrid
        The grids, each of another kind or pad.
    stimulus : Stimulus
        Waveform of the active contact.
    like : GridThresholds, optional
        The same grids in a like limb: tells where to begin, which changes the effort and not the promise.
    progress : callable, optional
        Is told the share done.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import stimulus_from_segments
    >>> arm = Forearm()
    >>> pads = pad_pair(arm)
    >>> biphasic = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    >>> found = grid_thresholds(arm, solve_field(arm, pads), [ending_grid("A-beta", pads.pads[0])], biphasic)
    >>> found["A-beta", "proximal"].shape
    (4, 2, 4, 1, 3)
    """
    endings = [e for g in grids for e in g.endings()]
    factor = None
    if like is not None:
        factor = np.concatenate([like.factor[g.kind, g.pad].ravel() for g in grids])
        factor = np.where(np.isfinite(factor), factor, 1.0)
    found = ending_thresholds(limb, field, endings, stimulus, guess_factor=factor, progress=progress)
    values = np.where(np.isfinite(found.threshold_mA) & (found.status == 0), found.threshold_mA, np.nan)
    cuts = np.cumsum([int(np.prod(g.shape)) for g in grids])[:-1]

    def shaped(flat: Array) -> dict[tuple[str, str], Array]:
        return {(g.kind, g.pad): v.reshape(g.shape) for g, v in zip(grids, np.split(flat, cuts), strict=True)}

    return GridThresholds(threshold_mA=shaped(values), factor=shaped(values / found.predicted_mA))
