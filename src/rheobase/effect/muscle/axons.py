"""Motor axons of a muscle of a mapped body part: from the trunk by a branch to end plates spread through the belly.

An axon runs down its nerve, leaves it where the straight way to its end plate makes no more than half a right angle
with the nerve, and thins out towards the end. A unit has one terminal here: its real ones, some hundred within about a
centimetre, share its axon, which is excited where its terminals are easiest reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from rheobase.anatomy import MappedPart, innervation_of
from rheobase.effect.muscle.spread import evenly
from rheobase.errors import ParameterError
from rheobase.field import Field
from rheobase.nerve import Fibre, Stimulus, activation_thresholds, rounded_mm, tapered_fibre, walk_mm
from rheobase.nerve.path import length_mm
from rheobase.tables import row

Array = NDArray[np.float64]
_DRAWN_AT_ONCE = 16  # points a wanted end plate
_MOST_DRAWS = 200
_KNOT_MM = 1.0  # along a way, where the field is taken
_LENGTH_STEP_MM = 10.0  # fibres of like length are made once
_BEND_MM = 10.0  # of nerve beyond which the corner where an axon leaves it has no part
_SPARE_MM = 3.0  # of a way that its fibre leaves free, for fibres are rounded up to whole internodes
_NODES_FIRING = 12  # a spike has started when so many nodes have fired; it reaches both ends from there


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndPlates:
    """Where the axons of a muscle end, told so that the same places can be found in a part of another size.

    Parameters
    ----------
    muscle : str
        The muscle.
    theta_rad, share, along_share : array, shape (n,)
        Angle around the axis, share of the way from the axis to the fascia, and place along the axis as a share of the
        part's length.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> thigh, fat = Thigh(), Thigh(fat_mm=15.0)
    >>> plates = end_plates(thigh, "vastus_medialis", count=2, seed=1)
    >>> bool(np.allclose(plates.points_mm(thigh)[:, 2], plates.points_mm(fat)[:, 2]))
    True
    """

    muscle: str
    theta_rad: Array
    share: Array
    along_share: Array

    def moved(self, along_share: float) -> EndPlates:
        """The same, further along by a share of the part's length."""
        return replace(self, along_share=self.along_share + along_share)

    def points_mm(self, part: MappedPart) -> Array:
        """The places in a part, shape (n, 3)."""
        low, high = part.ends_mm
        z = low + self.along_share * (high - low)
        r = self.share * part.fascia_mm(self.theta_rad, z)
        return np.column_stack([r * np.cos(self.theta_rad), r * np.sin(self.theta_rad), z])


@lru_cache(maxsize=64)
def end_plates(part: MappedPart, muscle: str, *, count: int, seed: int) -> EndPlates:
    """Spread end plates evenly through what lies of a muscle in its innervation zones.

    Places from which the straight way to the nerve would cross a bone are left out: what lies behind a bone has no
    axons here.

    Parameters
    ----------
    part : MappedPart
        The body part.
    muscle : str
        The muscle.
    count : int
        How many, at least 1.
    seed : int
        The same seed puts them in the same places.

    Raises
    ------
    ParameterError
        If there is no such muscle, or hardly any of it lies in its zones.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> thigh = Thigh()
    >>> places = end_plates(thigh, "rectus_femoris", count=5, seed=1).points_mm(thigh)
    >>> set(thigh.muscle_names_at(places))
    {'rectus_femoris'}
    """
    if count < 1:
        raise ParameterError(f"count is {count}; give at least 1 end plate.")
    supply = innervation_of(part, muscle)
    key = [seed, *muscle.encode()]
    zones = np.array(supply.zones_mm)
    low, high = part.ends_mm
    found: list[Array] = []
    each = max(256, _DRAWN_AT_ONCE * count)
    for lot in range(_MOST_DRAWS):
        drawn = _in_section(part, zones, evenly(each, 4, np.random.default_rng(key), begin=lot * each))
        points = _points_mm(part, drawn)
        mine = np.array(part.muscle_names_at(points)) == muscle
        drawn, points = drawn[mine], points[mine]
        found.append(drawn[_free(part, supply.way_mm, points)])
        if sum(map(len, found)) >= count:
            theta, share, z = np.concatenate(found)[:count].T
            return EndPlates(muscle=muscle, theta_rad=theta, share=share, along_share=(z - low) / (high - low))
    raise ParameterError(
        f"Only {sum(map(len, found))} of {count} end plates of '{muscle}' fit between"
        f" {zones.min():.0f} and {zones.max():.0f} mm along this {type(part).__name__}: hardly any of the muscle lies"
        " there. Ask for a muscle that does."
    )


def _in_section(part: MappedPart, zones_mm: Array, points: Array) -> Array:
    """Points of a cube as places below the fascia within the zones: angle, share of the way out, along, (n, 3)."""
    ends = np.concatenate([[0.0], np.cumsum(np.diff(zones_mm, axis=1)[:, 0])])
    reached = points[:, 0] * ends[-1]
    which = np.searchsorted(ends, reached, side="right") - 1
    z = zones_mm[which, 0] + reached - ends[which]
    theta = np.pi * (2.0 * points[:, 1] - 1.0)
    share = np.sqrt(points[:, 2])
    fascia = part.fascia_mm(theta, z)
    keep = points[:, 3] < (fascia / fascia.max()) ** 2  # a wide direction holds more of the section
    return np.column_stack([theta, share, z])[keep]


def _points_mm(part: MappedPart, drawn: Array) -> Array:
    theta, share, z = drawn.T
    r = share * part.fascia_mm(theta, z)
    return np.column_stack([r * np.cos(theta), r * np.sin(theta), z])


def _free(part: MappedPart, way_mm: Array, points_mm: Array) -> NDArray[np.bool_]:
    """Whether the straight way from each point to the nerve stays clear of bones."""
    names = np.array([t.name for t in part.tissues])
    hard = np.flatnonzero(np.isin(names, ("cortical_bone", "cancellous_bone", "marrow")))
    to = way_mm[[_leaves_at(way_mm, p) for p in points_mm]]
    steps = np.linspace(0.0, 1.0, 12)[1:-1, None, None]
    between = points_mm + steps * (to - points_mm)
    labels = part.core_labels(between.reshape(-1, 3)).reshape(between.shape[:2])
    return ~np.asarray(np.isin(labels, hard).any(axis=0))


def _leaves_at(way_mm: Array, point_mm: Array) -> int:
    """Point of the nerve at which the axon to an end plate leaves: the lowest from which it runs 45 degrees or less."""
    ahead = way_mm[:, 2] - point_mm[2]
    aside = np.hypot(*(way_mm[:, :2] - point_mm[:2]).T)
    steep = np.flatnonzero(ahead >= aside)
    return int(steep[0]) if len(steep) else int((ahead - aside).argmax())


def axon_ways_mm(part: MappedPart, plates: EndPlates) -> tuple[Array, ...]:
    """Way of each axon from its end plate up to where its trunk leaves the part, corners rounded.

    Parameters
    ----------
    part : MappedPart
        The body part.
    plates : EndPlates
        Where the axons end.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> thigh = Thigh()
    >>> way = axon_ways_mm(thigh, end_plates(thigh, "vastus_lateralis", count=1, seed=1))[0]
    >>> bool(way[0, 2] < 15.0), bool(way[-1, 2] > 300.0)
    (True, True)
    """
    nerve = innervation_of(part, plates.muscle).way_mm
    reach = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(nerve, axis=0), axis=1))])
    out = []
    for point in plates.points_mm(part):
        at = _leaves_at(nerve, point)
        on = min(int(np.searchsorted(reach, reach[at] + _BEND_MM)), len(nerve) - 1)
        bend = rounded_mm(np.array([point, nerve[at], nerve[on]])) if on > at else np.array([point, nerve[at]])
        out.append(np.concatenate([bend, nerve[on + 1 :]]))
    return tuple(out)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MotorAxons:
    """The axons of the units of a muscle, or of muscles that pull together.

    Parameters
    ----------
    muscle : tuple of str
        Muscle of each unit.
    ways_mm : tuple of array
        Way of each axon from its end plate.
    diameter_um : array
        Diameter of each.
    taper : tuple of str
        How each thins out towards its end.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> axons = motor_axons(Thigh(), ("vastus_medialis",) * 3, np.array([9.0, 11.0, 13.0]), seed=1)
    >>> len(axons.ways_mm), set(axons.taper) <= {"motor_short", "motor_long"}
    (3, True)
    """

    muscle: tuple[str, ...]
    ways_mm: tuple[Array, ...]
    diameter_um: Array
    taper: tuple[str, ...]


def motor_axons(
    part: MappedPart,
    muscle: Sequence[str],
    diameter_um: Array,
    *,
    seed: int = 1,
    like: MappedPart | None = None,
    moved_mm: float = 0.0,
) -> MotorAxons:
    """Give every unit of some muscles an axon.

    Parameters
    ----------
    part : MappedPart
        The body part.
    muscle : sequence of str
        Muscle of each unit.
    diameter_um : array
        Diameter of each unit's axon, 5.7 to 16 um.
    seed : int
        The same seed puts the end plates in the same places.
    like : MappedPart, optional
        A part of another size from which the places are taken over, so that the same axons can be followed through
        bodies; by default the part itself.
    moved_mm : float
        How far all end plates are moved up the limb.

    Raises
    ------
    ParameterError
        If there is not one diameter for each unit, or a muscle has no nerve or zone here.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> motor_axons(Thigh(), ("rectus_femoris",), np.array([10.0])).muscle
    ('rectus_femoris',)
    """
    diameters = np.asarray(diameter_um, dtype=float)
    if diameters.shape != (len(muscle),):
        raise ParameterError(f"diameter_um holds {diameters.size} values for {len(muscle)} units; give one for each.")
    ways: list[Array] = [np.empty((0, 3))] * len(muscle)
    for name in dict.fromkeys(muscle):
        mine = [i for i, m in enumerate(muscle) if m == name]
        plates = end_plates(like or part, name, count=len(mine), seed=seed).moved(moved_mm / part.length_mm)
        for i, way in zip(mine, axon_ways_mm(part, plates), strict=True):
            ways[i] = way
    taper = np.random.default_rng([seed, 7]).choice(row("populations.a_alpha")["taper"], size=len(muscle))
    return MotorAxons(
        muscle=tuple(muscle), ways_mm=tuple(ways), diameter_um=diameters, taper=tuple(str(t) for t in taper)
    )


def axon_thresholds_mA(
    axons: MotorAxons,
    field: Field,
    stimulus: Stimulus,
    *,
    tolerance: float = 0.02,
    guess_mA: Array | None = None,
    fibres: Sequence[Fibre] | None = None,
) -> Array:
    """Threshold of every axon by simulation on its own way through the field.

    A spike counts when it has taken hold of twelve nodes, wherever it began: under a pad, at a bend or at an end plate.

    Parameters
    ----------
    axons : MotorAxons
        The axons.
    field : Field
        The field of the pads in the same part.
    stimulus : Stimulus
        Waveform of the active pad.
    tolerance : float
        Ratio of the bracket minus 1.
    guess_mA : array, optional
        Where to begin; infinite or unknown ones are replaced by the others' median.
    fibres : sequence of Fibre, optional
        The fibre of each axon, its first node at the end plate, no longer than its way; by default as they thin out
        by the table.

    Returns
    -------
    array
        In the order of the axons; infinite where none was found.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import usual_montage
    >>> from rheobase.nerve import stimulus_of
    >>> from rheobase.pulse import biphasic
    >>> thigh = Thigh()
    >>> field = solve_field(thigh, usual_montage(thigh), cell_mm=6.0)
    >>> axons = motor_axons(thigh, ("vastus_medialis",) * 2, np.array([14.0, 10.0]))
    >>> found = axon_thresholds_mA(axons, field, stimulus_of(biphasic(width_us=300.0)))
    >>> bool((found > 3.0).all())
    True
    """
    fibres = _fibres(axons) if fibres is None else list(fibres)
    lengths = [length_mm(w) for w in axons.ways_mm]
    knots = [np.linspace(0.0, reach, 2 + int(reach / _KNOT_MM)) for reach in lengths]
    places = [walk_mm(w, k) for w, k in zip(axons.ways_mm, knots, strict=True)]
    values = np.split(field.drive_V_per_A(np.concatenate(places)), np.cumsum([len(p) for p in places])[:-1])
    potentials = [CubicSpline(k, v)(f.arc_um / 1000.0)[None] for k, v, f in zip(knots, values, fibres, strict=True)]
    guess = None
    if guess_mA is not None:
        known = np.isfinite(guess_mA) & (np.asarray(guess_mA) > 0)
        guess = np.where(known, guess_mA, np.median(np.asarray(guess_mA)[known])) if known.any() else None
    found = activation_thresholds(
        fibres, potentials, stimulus, need=_NODES_FIRING, tolerance=tolerance, true_start=True, guess_mA=guess
    )
    return np.where(found.status == 0, found.threshold_mA, np.inf)


def _fibres(axons: MotorAxons) -> list[Fibre]:
    """The fibre of each axon, no longer than its way."""
    silent = int(row("populations.grid")["silent_nodes"])
    out = []
    for way, d, taper in zip(axons.ways_mm, axons.diameter_um, axons.taper, strict=True):
        steps = int((length_mm(way) - _SPARE_MM) / _LENGTH_STEP_MM)
        out.append(_fibre(taper, float(d), _LENGTH_STEP_MM * steps, silent))
    return out


@lru_cache(maxsize=4096)
def _fibre(taper: str, parent_um: float, length_mm_: float, silent: int) -> Fibre:
    return tapered_fibre(taper, parent_um=parent_um, length_mm=length_mm_, label="A-alpha", silent_nodes=silent)
