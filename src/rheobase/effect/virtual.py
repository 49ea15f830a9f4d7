"""Virtual people: how the thresholds of one limb spread over bodies that differ.

The grids of endings are simulated at three thicknesses of fat, and once more with each tissue at the other end of its
conductivity range. A person is a draw of fat, conductivities, courses, tapers and depths; the person's fibres are read
off the grids by interpolation of log thresholds.

What the interpolation costs was measured on eight bodies about the usual forearm (biphasic 200 us, 3,840 fibres), each
simulated in its own limb and field: half of the fibres are read off within 5 %, 95 % within 20 % (skin touch), 21 %
(motor) and 12 % (thin fibres); the thresholds of tingling and pain of a body within 7 %, of its twitch within 18 %. The
bands over people span factors of two to four.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, LayeredLimb
from rheobase.effect._draws import draw_fibres, read_mA
from rheobase.effect.variation import (
    TISSUES,
    changed,
    conductivities,
    conductivity_ends,
    fat_knots_mm,
    fat_of_mm,
    fat_row,
    with_people_fat,
)
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.field import Field, solve_field
from rheobase.montage import Montage
from rheobase.nerve import (
    KINDS,
    EndingGrid,
    GridThresholds,
    Stimulus,
    Ways,
    ending_grid,
    grid_thresholds,
    motor_depth_mm,
    motor_room_mm,
    pads_over_muscle,
    skin_depth_mm,
    usual_motor_depth_mm,
)
from rheobase.tables import row

Array = NDArray[np.float64]
Key = tuple[str, str]
Solver = Callable[[BodyPart, Montage], Field]
_NEVER_MA = 1e5
_SILENT_SHARE = 0.05  # of endings without a threshold; more would show in the bands
# A monophasic pulse leaves some thin fibres under the cathode silent at any current; those under the anode fire.


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Log thresholds of all grids of one limb and how they move with fat and conductivities.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle of the population.
    montage : Montage
        Its pads.
    field : Field
        Field of the middle limb.
    grids : mapping
        Grids by (kind, pad).
    fat_mm : tuple of float
        Thicknesses of fat at which the grids were simulated, ascending.
    ln_mA : mapping
        Log thresholds by (kind, pad), shape (fat, *grid shape).
    slope : mapping
        Change of the log threshold from the low to the high conductivity, by tissue, then (kind, pad).

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> grid = EndingGrid(kind="A-beta", pad="p", diameters_um=(8.7,), depths_mm=(1.0,), places_mm=(45.0,),
    ...                   tapers=("short",), courses=("vertical",), around_deg=0.0)
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> pads, key, one = pad_pair(arm), ("A-beta", "p"), np.ones((1, 1, 1, 1, 1))
    >>> library = Library(limb=arm, montage=pads, field=solve_field(arm, pads), grids={key: grid}, fat_mm=(2.0, 8.0),
    ...                   ln_mA={key: np.stack([one, 3 * one])}, slope={"fat": {key: 0.5 * one}})
    >>> library.ln_of(key, 4.0, fat=1.0).item()  # half-way in log fat, then fat at its high conductivity
    2.5
    """

    limb: BodyPart
    montage: Montage
    field: Field
    grids: Mapping[Key, EndingGrid]
    fat_mm: tuple[float, ...]
    ln_mA: Mapping[Key, Array]
    slope: Mapping[str, Mapping[Key, Array]]

    @property
    def silent_share(self) -> dict[Key, float]:
        """Share of the endings of each grid, over all its bodies, that no current up to the search's bound fires."""
        return {key: float(np.mean(table >= np.log(_NEVER_MA))) for key, table in self.ln_mA.items()}

    def ln_of(self, key: Key, fat_mm: float, **conductivity_share: float) -> Array:
        """Log thresholds (mA) of a grid for one body; a share runs from the low (0) to the high (1) conductivity."""
        x = np.interp(np.log(fat_mm), np.log(self.fat_mm), np.arange(len(self.fat_mm)))
        i = min(int(x), len(self.fat_mm) - 2)
        table = self.ln_mA[key]
        value = table[i] + (x - i) * (table[i + 1] - table[i])
        for tissue, share in conductivity_share.items():
            # A line over the logarithm of conductivity would fit one tissue better; over all three together, whose
            # effects do not quite add up, the plain share does.
            value = value + share * self.slope[tissue][key]
        return value

    def ln_of_body(self, key: Key, body: Body) -> Array:
        """Log thresholds (mA) of a grid for one body; of the middle limb if only that was simulated."""
        if len(self.fat_mm) == 1:
            return self.ln_mA[key][0]
        return self.ln_of(key, body.fat_mm, **body.conductivity_share)


def body_limb(limb: BodyPart, body: Body) -> BodyPart:
    """The limb of one person: the given one with the person's fat, the girth that goes with it, and conductivities.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle, at the low end of its conductivities.
    body : Body
        The person.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> arm = Forearm()
    >>> body_limb(arm, draw_bodies(arm, people=1, seed=1)[0]).fat_S_per_m < 0.06
    True
    """
    values: dict[str, float] = {}
    for tissue, share in body.conductivity_share.items():
        values |= {name: a + share * (b - a) for name, (a, b) in conductivities(limb, tissue).items()}
    return changed(with_people_fat(limb, body.fat_mm), **values)


def pad_grids(
    limb: BodyPart, montage: Montage, *, thickest_fat_mm: float | None = None, leanest_fat_mm: float | None = None
) -> dict[Key, EndingGrid]:
    """Grids of skin fibres under every pad and of motor fibres under the pads over muscle.

    Parameters
    ----------
    limb : BodyPart
        The limb; what is left of its muscle bounds the depth of the motor endings.
    montage : Montage
        Its pads.
    thickest_fat_mm, leanest_fat_mm : float, optional
        Fat of the fattest and of the leanest body the grids are to serve; by default that of the limb.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> sorted(pad_grids(Forearm(), pad_pair(Forearm())))[0]
    ('A-alpha', 'proximal')
    """
    fats = [f for f in (leanest_fat_mm, thickest_fat_mm) if f is not None]
    limbs = [limb, *(with_people_fat(limb, f) for f in fats)]
    fleshy = set.intersection(*({p.name for p in pads_over_muscle(one, montage)} for one in limbs))
    topmost = None if isinstance(limb, LayeredLimb) else max(p.along_mm + p.extent_mm / 2 for p in montage.pads)
    out = {}
    for kind in KINDS:
        for pad in montage.pads:
            if kind == "A-alpha" and pad.name not in fleshy:
                continue
            where = (
                {"muscle_mm": motor_room_mm(limbs, pad), "motor_depth_mm": motor_depth_mm(limb, pad)}
                if kind == "A-alpha"
                else {"skin_mm": skin_depth_mm(limb, pad)}
            )
            out[kind, pad.name] = ending_grid(kind, pad, topmost_mm=topmost, **where)
    return out


def make_library(
    limb: BodyPart,
    montage: Montage,
    stimulus: Stimulus,
    *,
    spread: bool = True,
    solve: Solver = solve_field,
    progress: Callable[[float], None] | None = None,
) -> Library:
    """Simulate the grids of endings of a limb, and of its neighbours in fat and conductivity.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle.
    montage : Montage
        Its pads.
    stimulus : Stimulus
        Waveform of the active pad.
    spread : bool
        False: the middle limb only.
    solve : callable, optional
        Makes the field of a limb and its pads, such as one that remembers fields.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Library

    Raises
    ------
    ParameterError
        If more than 5 % of the endings of a kind have no threshold under any pad, or the limb leaves no room for a
        population.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import stimulus_from_segments
    >>> pulse = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    >>> arm = Forearm()
    >>> make_library(arm, pad_pair(arm), pulse, spread=False).fat_mm
    (5.0,)
    """
    knots = fat_knots_mm(limb, montage) if spread else (fat_of_mm(limb),)
    # one grid serves all bodies, so its motor endings must lie in the muscle of the fattest
    grids = pad_grids(limb, montage, thickest_fat_mm=knots[-1], leanest_fat_mm=knots[0])
    field = solve(limb, montage)
    done = _Done(progress, 6 if spread else 1)
    ways: Ways = {}
    middle = grid_thresholds(limb, field, list(grids.values()), stimulus, ways=ways, progress=done.part(0))
    if not spread:
        ln = {k: _ln(v)[None] for k, v in middle.threshold_mA.items()}
        return Library(limb=limb, montage=montage, field=field, grids=grids, fat_mm=knots, ln_mA=ln, slope={})
    # The slopes are simulated under one pad, over muscle if any is, and taken to hold under the others too.
    active = max(montage.pads, key=lambda pad: pad.share).name
    over = next((pad for kind, pad in grids if kind == "A-alpha"), active)
    near = [k for k in grids if k[1] == over]
    # bodies of the same shape first, while it is remembered
    others: list[tuple[BodyPart, list[Key], Ways]]
    others = [(conductivity_ends(limb, tissue), near, ways) for tissue in TISSUES]
    others += [(with_people_fat(limb, f), list(grids), {}) for f in (knots[0], knots[-1])]

    def at(number: int) -> GridThresholds:
        other, keys, known = others[number]
        return grid_thresholds(
            other, solve(other, montage), [grids[k] for k in keys], stimulus,
            like=middle, ways=known, progress=done.part(number + 1),
        )  # fmt: skip

    # two bodies at a time: while the fibres of one are stepped, those of the next are laid out
    with ThreadPoolExecutor(max_workers=2) as pool:
        try:
            *high, lean, thick = pool.map(at, range(len(others)))
        except BaseException:
            done.stop()
            raise
    ln = {k: np.stack([_ln(found[k]) for found in (lean, middle, thick)]) for k in grids}
    slope = {}
    for tissue, found in zip(TISSUES, high, strict=True):
        moved = {kind: _ln(found[kind, pad]) - _ln(middle[kind, pad]) for kind, pad in near}
        slope[tissue] = {k: moved[k[0]] for k in grids}
    made = Library(limb=limb, montage=montage, field=field, grids=grids, fat_mm=knots, ln_mA=ln, slope=slope)
    _check_found(made)
    return made


class _Stopped(Exception):
    """Another body has failed, or somebody pressed Ctrl-C."""


class _Done:
    """Adds up the progress of bodies that are simulated side by side."""

    def __init__(self, tell: Callable[[float], None] | None, bodies: int):
        self._tell, self._shares, self._stopped = tell, [0.0] * bodies, False

    def stop(self) -> None:
        """Let the bodies still at work give up at their next step, so that Ctrl-C need not wait for them."""
        self._stopped = True

    def part(self, body: int) -> Callable[[float], None]:
        def told(share: float) -> None:
            if self._stopped:
                raise _Stopped
            self._shares[body] = max(self._shares[body], share)
            if self._tell is not None:
                self._tell(sum(self._shares) / len(self._shares))

        return told


def _check_found(library: Library) -> None:
    """Refuse to make statements about a kind of fibre of which many were never seen to fire under any pad."""
    by_kind: dict[str, list[float]] = {}
    for (kind, _), share in library.silent_share.items():
        by_kind.setdefault(kind, []).append(share)
    for kind, shares in by_kind.items():
        if min(shares) > _SILENT_SHARE:
            raise ParameterError(
                f"With this pulse no threshold was found for {min(shares):.0%} of the {kind} endings under the pad"
                f" where most fire; at most {_SILENT_SHARE:.0%} may be missing. The pulse is too short or cancels"
                " itself: choose a longer width_us."
            )


def _ln(threshold_mA: Array) -> Array:
    return np.log(np.where(np.isfinite(threshold_mA), threshold_mA, _NEVER_MA))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One virtual person.

    Parameters
    ----------
    fat_mm : float
        Thickness of fat.
    conductivity_share : mapping
        Per tissue from 0 (low end of its range) to 1 (high end).
    course_share : mapping
        Per kind of fibre, shares of its courses.
    long_share : mapping
        Per kind of fibre, share of long tapers.
    motor_depth_factor : float
        Middle depth of the motor endings below the fascia, relative to that of other people in the same muscle.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.effect import draw_bodies
    >>> bodies = draw_bodies(Forearm(), people=3, seed=1)
    >>> len(bodies), 0.0 <= bodies[0].conductivity_share["fat"] <= 1.0
    (3, True)
    """

    fat_mm: float
    conductivity_share: Mapping[str, float]
    course_share: Mapping[str, Array]
    long_share: Mapping[str, float]
    motor_depth_factor: float


def middle_body(limb: BodyPart) -> Body:
    """The person in the middle: fat as given, conductivities in the middle of their ranges, mean shares, mean depth.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> middle_body(Forearm()).fat_mm
    5.0
    """
    weights = {k: np.array(row(f"populations.{t}")["course_weight"]) for k, t in KINDS.items()}
    return Body(
        fat_mm=fat_of_mm(limb),
        conductivity_share=dict.fromkeys(TISSUES, 0.5),
        course_share={k: w / w.sum() for k, w in weights.items()},
        long_share=dict.fromkeys(KINDS, 0.5),
        motor_depth_factor=1.0,
    )


def draw_bodies(limb: BodyPart, montage: Montage | None = None, *, people: int, seed: int) -> list[Body]:
    """Draw virtual people about a limb.

    Parameters
    ----------
    limb : BodyPart
        Its fat is the median.
    montage : Montage, optional
        Its pads, as for `fat_knots_mm`.
    people : int
        How many, at least 1.
    seed : int
        The same seed gives the same people.

    Raises
    ------
    ParameterError
        If there is not at least one person.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> draw_bodies(Forearm(), people=2, seed=7)[0].fat_mm == draw_bodies(Forearm(), people=2, seed=7)[0].fat_mm
    True
    """
    if people < 1:
        raise ParameterError(f"people is {people}; a population needs at least 1, usually 300.")
    rng = np.random.default_rng(seed)
    person, spread = row("populations.person"), row(fat_row(limb))["sd_ln"]
    deep = person["motor_depth_from_mm"], person["motor_depth_to_mm"]
    low, own, high = fat_knots_mm(limb, montage)
    out = []
    for _ in range(people):
        fat = float(np.clip(own * np.exp(spread * rng.standard_normal()), low, high))
        out.append(
            Body(
                fat_mm=fat,
                conductivity_share={t: float(rng.random()) for t in TISSUES},
                course_share={
                    k: rng.dirichlet(np.array(row(f"populations.{t}")["course_weight"])) for k, t in KINDS.items()
                },
                long_share={k: float(rng.beta(person["taper_beta"], person["taper_beta"])) for k in KINDS},
                motor_depth_factor=float(rng.uniform(*deep)) / usual_motor_depth_mm(),
            )
        )
    return out


def fibres_under(pad: Pad, kind: str) -> int:
    """How many fibres of a kind end under a pad.

    Parameters
    ----------
    pad : Pad
        The pad; fibres counted by area grow with it.
    kind : str
        ``"A-beta"``, ``"A-alpha"`` or ``"A-delta"``.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> fibres_under(pad_pair(Forearm()).pads[0], "A-beta")
    225
    """
    p = row(f"populations.{KINDS[kind]}")
    return max(20, round(p["per_cm2"] * pad.area_mm2 / 100.0)) if "per_cm2" in p else int(p["per_pad"])


def body_thresholds_mA(library: Library, body: Body, rng: np.random.Generator, *, times: int = 1) -> dict[Key, Array]:
    """Thresholds of all fibres of one body, ascending, by (kind, pad).

    Parameters
    ----------
    library : Library
        The simulated grids.
    body : Body
        The person.
    rng : numpy Generator
        Draws the single fibres.
    times : int
        Multiplies the number of fibres, for smooth curves.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm, key, shape = Forearm(), ("A-beta", "proximal"), (2, 1, 4, 1, 1)
    >>> pads = pad_pair(arm)
    >>> grid = EndingGrid(kind="A-beta", pad="proximal", diameters_um=(5.7, 12.8), tapers=("short",), depths_mm=(1.0,),
    ...                   courses=("vertical", "oblique_45", "oblique_25", "dermal_run"), places_mm=(45.0,),
    ...                   around_deg=0.0)
    >>> thinner_later = np.log([4.0, 1.0]).reshape(2, 1, 1, 1, 1) * np.ones((1, *shape))
    >>> library = Library(limb=arm, montage=pads, field=solve_field(arm, pads), grids={key: grid}, fat_mm=(5.0,),
    ...                   ln_mA={key: thinner_later}, slope={})
    >>> found = body_thresholds_mA(library, middle_body(arm), np.random.default_rng(1))[key]
    >>> found.size, bool(found.min() >= 1.0), bool(found.max() <= 4.0)
    (225, True, True)
    """
    out = {}
    for key, grid in library.grids.items():
        count = times * fibres_under(library.montage.pad(key[1]), key[0])
        drawn = draw_fibres(grid, body, count, rng)
        out[key] = np.sort(read_mA(grid, library.ln_of_body(key, body), drawn))
    return out
