"""How the thresholds of a muscle's units spread over people: fat, conductivities, and where the motor point lies.

The units are simulated at three thicknesses of fat, with fat and muscle at the other end of their conductivity range,
and with the end plates moved up and down the limb. A person is a draw of these; the person's units are read off by
interpolation of log thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import MappedPart
from rheobase.effect.muscle.axons import axon_thresholds_mA, motor_axons
from rheobase.effect.muscle.pool import MotorUnitPool, motor_unit_pool
from rheobase.effect.muscle.reach import CELL_MM, muscle_shares, unit_muscles
from rheobase.effect.variation import conductivity_ends, fat_of_mm, with_fat
from rheobase.errors import ParameterError
from rheobase.field import Field, solve_field
from rheobase.montage import Montage
from rheobase.nerve import Stimulus, stimulus_of
from rheobase.pulse import Pulse
from rheobase.tables import row

Array = NDArray[np.floating[Any]]
_NEVER_MA = 1e5
_ENDS = ("fat", "muscle")
_STEPS = 9  # from the middle person's fat to the most or least that this limb has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleBody:
    """What differs between people, as far as the current they need goes.

    Parameters
    ----------
    fat_mm : float
        Thickness of the fat.
    conductivity_share : mapping
        From the low (0) to the high (1) end of the range, for ``"fat"`` and ``"muscle"``.
    place_score : float
        How far the end plates lie towards the trunk of the body, in standard deviations of motor points.

    Examples
    --------
    >>> MuscleBody(fat_mm=6.0, conductivity_share={"fat": 0.5, "muscle": 0.5}, place_score=0.0).fat_mm
    6.0
    """

    fat_mm: float
    conductivity_share: Mapping[str, float]
    place_score: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MuscleReach:
    """Thresholds of the units of a muscle under some pads, in people.

    Parameters
    ----------
    part : MappedPart
        The limb of the middle person.
    field : Field
        Its field.
    pool : MotorUnitPool
        The units.
    owner : tuple of str
        Muscle of each unit.
    fat_mm : tuple of float
        Thicknesses of fat at which the units were simulated, ascending.
    ln_mA : array, shape (fat, units)
        Log thresholds.
    slope : mapping
        Change of the log threshold from the low to the high conductivity of a tissue, and with ``"place"`` for one
        standard deviation of the motor point, each of shape (units,).
    rows : tuple of str
        Table rows it rests on.

    Examples
    --------
    Made by `muscle_reach`.

    >>> MuscleReach.__name__
    'MuscleReach'
    """

    part: MappedPart
    field: Field
    pool: MotorUnitPool
    owner: tuple[str, ...]
    fat_mm: tuple[float, ...]
    ln_mA: Array
    slope: Mapping[str, Array]
    rows: tuple[str, ...]

    @property
    def middle(self) -> MuscleBody:
        """The person in the middle: the limb's own fat, conductivities halfway, motor points where they are usual."""
        return MuscleBody(
            fat_mm=self.fat_mm[len(self.fat_mm) // 2], conductivity_share=dict.fromkeys(_ENDS, 0.5), place_score=0.0
        )

    def thresholds_mA(self, body: MuscleBody | None = None) -> Array:
        """Threshold of every unit in one person, by default the middle one; infinite where none was found."""
        body = body or self.middle
        value = self.ln_mA[0]
        if len(self.fat_mm) > 1:
            x = np.interp(np.log(body.fat_mm), np.log(self.fat_mm), np.arange(len(self.fat_mm)))
            i = min(int(x), len(self.fat_mm) - 2)
            value = self.ln_mA[i] + (x - i) * (self.ln_mA[i + 1] - self.ln_mA[i])
        shares = {**body.conductivity_share, "place": body.place_score}
        for name, moved in self.slope.items():
            value = value + shares[name] * moved
        found = np.exp(value)
        return np.where(found < 0.5 * _NEVER_MA, found, np.inf)

    def recruited_share(self, amplitude_mA: Sequence[float] | Array, body: MuscleBody | None = None) -> Array:
        """Share of the muscle's force whose units fire at each amplitude, in one person."""
        threshold = self.thresholds_mA(body)
        order = np.argsort(threshold)
        total = np.concatenate([[0.0], np.cumsum(self.pool.twitch_share[order])])
        return total[np.searchsorted(threshold[order], np.asarray(amplitude_mA, dtype=float), side="right")]


def muscle_reach(
    part: MappedPart,
    montage: Montage,
    pulse: Pulse,
    *,
    muscle: str,
    units: int = 400,
    seed: int = 1,
    spread: bool = True,
    solve: Callable[..., Field] = solve_field,
    progress: Callable[[float], None] | None = None,
) -> MuscleReach:
    """Simulate the units of a muscle under some pads, in the middle person and in others.

    Parameters
    ----------
    part : MappedPart
        The limb of the middle person.
    montage : Montage
        The pads.
    pulse : Pulse
        Waveform of the active pad.
    muscle : str
        A muscle of the part, or a group such as ``"quadriceps"``.
    units : int
        How many motor units, at least 2.
    seed : int
        The same seed draws the same units in the same places.
    spread : bool
        False: the middle person's limb only.
    solve : callable
        Solves a field, as `solve_field` does; a cache may stand here.
    progress : callable, optional
        Is told the share done.

    Raises
    ------
    ParameterError
        If the part has no such muscle or group, or less than half of the units fire at any current.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> from rheobase.montage import usual_montage
    >>> from rheobase.pulse import biphasic
    >>> thigh = Thigh()
    >>> reach = muscle_reach(
    ...     thigh, usual_montage(thigh), biphasic(width_us=300.0), muscle="quadriceps", units=60, spread=False
    ... )
    >>> share = reach.recruited_share([0.0, 20.0, 40.0, 1000.0])
    >>> bool((np.diff(share) > 0).all()), bool(share[0] == 0)
    (True, True)
    """
    pool = motor_unit_pool(units=units, seed=seed)
    owner = unit_muscles(pool, muscle_shares(part, muscle))
    stimulus = stimulus_of(pulse)
    knots = _fat_knots_mm(part) if spread else (fat_of_mm(part),)
    done = [0]

    def at(limb: MappedPart, moved_mm: float = 0.0, like: Array | None = None, field: Field | None = None) -> Array:
        found = _ln_thresholds(
            limb, part, field or solve(limb, montage, cell_mm=CELL_MM), pool, owner, stimulus, seed, moved_mm, like
        )
        done[0] += 1
        if progress is not None:
            progress(done[0] / (7 if spread else 1))
        return found

    field = solve(part, montage, cell_mm=CELL_MM)
    middle = at(part, field=field)
    if np.mean(middle >= np.log(_NEVER_MA)) > 0.5:
        raise ParameterError(
            f"With this pulse fewer than half of the {units} motor units fire at any current: it is too short, or the"
            " pads lie far from the muscle. Choose a longer width_us or move the pads."
        )
    ln, slope = middle[None], {}
    if spread:
        lean, thick = (at(with_fat(part, f), like=middle) for f in (knots[0], knots[-1]))
        ln = np.stack([lean, middle, thick])
        slope = {tissue: at(conductivity_ends(part, tissue), like=middle) - middle for tissue in _ENDS}
        step_mm = max(p.spread_mm for p in part.motor_points.values() if p.muscle in owner)
        up, down = (at(part, s * step_mm, like=middle, field=field) for s in (1.0, -1.0))
        slope["place"] = 0.5 * (up - down)
    return MuscleReach(
        part=part, field=field, pool=pool, owner=owner, fat_mm=knots, ln_mA=ln, slope=slope,
        rows=(*field.rows, *pool.rows, *part.rows),
    )  # fmt: skip


def _ln_thresholds(
    limb: MappedPart, middle: MappedPart, field: Field, pool: MotorUnitPool, owner: tuple[str, ...],
    stimulus: Stimulus, seed: int, moved_mm: float, like: Array | None,
) -> Array:  # fmt: skip
    axons = motor_axons(limb, owner, pool.axon_um, seed=seed, like=middle, moved_mm=moved_mm)
    found = axon_thresholds_mA(axons, field, stimulus, guess_mA=None if like is None else np.exp(like))
    return np.log(np.minimum(found, _NEVER_MA))


def _fat_knots_mm(part: MappedPart) -> tuple[float, float, float]:
    """The limb's own fat, and the least and most, up to twice the spread of people, for which it has room."""
    own, spread = fat_of_mm(part), 2.0 * row("people.fat_rule")["sd_ln"]

    def furthest(sign: int) -> float:
        for step in range(_STEPS):
            fat_mm = float(own * np.exp(sign * spread * (1.0 - step / _STEPS)))
            with suppress(ParameterError):
                return fat_of_mm(with_fat(part, fat_mm))
        return own

    low, high = furthest(-1), furthest(1)
    if not low < own < high:
        raise ParameterError(
            f"fat_mm is {own:g} mm; people about it need room on both sides, and this {type(part).__name__} has none."
            " Choose a value further from its limits, or another girth."
        )
    return low, own, high


def draw_muscle_bodies(reach: MuscleReach, *, people: int, seed: int = 1) -> tuple[MuscleBody, ...]:
    """Draw people about the middle one, who comes first.

    Parameters
    ----------
    reach : MuscleReach
        The middle person.
    people : int
        How many in all, at least 1.
    seed : int
        The same seed draws the same people.

    Raises
    ------
    ParameterError
        If there is no person to draw.

    Examples
    --------
    Their fat is log-normal about the middle person's, their conductivities even over the range, their motor points
    normal along the limb.

    >>> draw_muscle_bodies.__name__
    'draw_muscle_bodies'
    """
    if people < 1:
        raise ParameterError(f"people is {people}; draw at least 1.")
    rng = np.random.default_rng([seed, 3])
    spread, middle = row("people.fat_rule")["sd_ln"], reach.middle
    fat = middle.fat_mm * np.exp(spread * rng.standard_normal(people - 1))
    fat = np.clip(fat, reach.fat_mm[0], reach.fat_mm[-1])
    shares, place = rng.random((people - 1, len(_ENDS))), rng.standard_normal(people - 1)
    others = (
        MuscleBody(fat_mm=float(f), conductivity_share=dict(zip(_ENDS, s.tolist(), strict=True)), place_score=float(p))
        for f, s, p in zip(fat, shares, place, strict=True)
    )
    return (middle, *others)
