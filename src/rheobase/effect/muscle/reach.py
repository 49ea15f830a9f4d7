"""At which current each motor unit fires: the way, depth and diameter of its axon decide, in the field of the pads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, Forearm, MappedPart
from rheobase.effect._draws import draw_fibres, read_mA
from rheobase.effect.muscle.axons import axon_thresholds_mA, motor_axons
from rheobase.effect.muscle.pool import MotorUnitPool
from rheobase.effect.variation import changed, conductivities
from rheobase.effect.virtual import make_library, middle_body
from rheobase.errors import ParameterError, near_name
from rheobase.field import Field, solve_field
from rheobase.montage import Montage
from rheobase.nerve import TrunkFibre, stimulus_of, trunk_thresholds
from rheobase.pulse import Pulse
from rheobase.tables import row, table

Array = NDArray[np.floating[Any]]
CELL_MM = 3.0  # finer cells move the share of torque by less than a hundredth
_GROUP = "group_"
_WAYS = {"muscle_transverse_S_per_m": "transverse_S_per_m", "muscle_axial_S_per_m": "axial_S_per_m"}


def unit_thresholds_mA(
    pool: MotorUnitPool,
    part: BodyPart,
    montage: Montage,
    pulse: Pulse,
    *,
    muscle: str | None = None,
    nerve: str | None = None,
    seed: int = 1,
    field: Field | None = None,
) -> Array:
    """Threshold of every unit of a pool.

    In a mapped body part, such as `Thigh`, axons run from the trunk to end plates spread through the belly; see
    `motor_axons`; its muscle conducts as in people, see `living`. Muscles of a group share the pool's force by their
    areas. In a forearm, whose muscles are one layer,
    endings are spread under the pad, over depths and ways of reaching them as those of the motor fibres that make the
    first twitch. Single pulses; reflexes are left out.

    Parameters
    ----------
    pool : MotorUnitPool
        The units.
    part : BodyPart
        A mapped body part or a forearm.
    montage : Montage
        Its pads.
    pulse : Pulse
        Waveform of the active pad.
    muscle : str, optional
        Muscle, or group such as ``"quadriceps"``, of a mapped part; none for a forearm.
    nerve : str, optional
        Of a forearm: the nerve whose trunk the axons come from, if they may be excited there as well.
    seed : int
        The same seed puts the endings in the same places.
    field : Field, optional
        The field of these pads in this part, if it has been solved.

    Returns
    -------
    array
        Thresholds in the order of the pool; infinite for a unit that none was found for.

    Raises
    ------
    ParameterError
        If a mapped part is given no muscle, a forearm one, or there is no such muscle.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> from rheobase.effect import motor_unit_pool
    >>> from rheobase.montage import usual_montage
    >>> from rheobase.pulse import biphasic
    >>> thigh, pool = Thigh(), motor_unit_pool(units=100)
    >>> found = unit_thresholds_mA(pool, thigh, usual_montage(thigh), biphasic(width_us=300.0), muscle="quadriceps")
    >>> order = np.argsort(np.argsort(found))  # neither weak units first, nor strict from strong to weak
    >>> bool(-0.9 < np.corrcoef(order, np.arange(100))[0, 1] < 0.0)
    True
    """
    if isinstance(part, MappedPart):
        if muscle is None:
            raise ParameterError(
                f"unit_thresholds_mA: a {type(part).__name__} has many muscles; say which contracts, such as"
                f" muscle='{next(iter(part.motor_points.values())).muscle}'."
            )
        made = field or solve_field(living(part), montage, cell_mm=CELL_MM)
        axons = motor_axons(
            part, unit_muscles(pool, muscle_shares(part, muscle)), np.asarray(pool.axon_um, dtype=float), seed=seed
        )
        return axon_thresholds_mA(axons, made, stimulus_of(pulse))
    if not isinstance(part, Forearm) or muscle is not None:
        raise ParameterError(
            f"unit_thresholds_mA: muscle is {muscle!r} in a {type(part).__name__}; a forearm's muscles are one layer"
            " (leave muscle out), and every other part must be a mapped one, such as Thigh."
        )
    return _in_forearm_mA(pool, part, montage, pulse, nerve, seed)


def living(part: MappedPart, *, fat_share: float = 0.5, muscle_share: float = 0.5) -> MappedPart:
    """The limb with tissues that conduct as in people: muscle as measured in forearms, fat halfway over its range.

    Limb models in use take muscle that conducts less along its fibres than it did in people, and with it torque comes
    at two thirds of the current. A limb whose muscle was given conductivities of its own keeps them.

    Parameters
    ----------
    part : MappedPart
        The limb.
    fat_share, muscle_share : float
        From the low (0) to the high (1) end of the range of fat, and of the interval of the measurement of muscle.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> like = living(Thigh())
    >>> like.muscle_transverse_S_per_m, like.muscle_axial_S_per_m, round(living(like).fat_S_per_m, 3)
    (0.13, 0.56, 0.06)
    """
    tabled, seen, ends = (row(r) for r in ("tissues.muscle", "tissues.muscle_in_vivo", "muscle.reach_conductivity"))
    own = next(t for t in part.tissues if t.name == "muscle")
    values = {name: low * (high / low) ** fat_share for name, (low, high) in conductivities(part, "fat").items()}
    for name, way in _WAYS.items():
        key = f"sigma_{way}"
        low, high = (end / seen[key] for end in ends[way])
        here = getattr(own, key)
        middle = seen[key] if here == tabled[key] else here
        values[name] = middle * float(np.interp(muscle_share, [0.0, 0.5, 1.0], [low, 1.0, high]))
    return cast("MappedPart", changed(part, **values))  # as the part was


def muscle_shares(part: MappedPart, muscle: str) -> dict[str, float]:
    """Share of the force that each muscle of a group has, by name; a single muscle has it all.

    Parameters
    ----------
    part : MappedPart
        The body part.
    muscle : str
        A muscle of the part, or a group.

    Raises
    ------
    ParameterError
        If there is no such muscle or group here.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> shares = muscle_shares(Thigh(), "quadriceps")
    >>> round(shares["vastus_lateralis"], 2), round(sum(shares.values()), 9)
    (0.41, 1.0)
    """
    named = [k.removeprefix(_GROUP) for k in table("muscle") if k.startswith(_GROUP)]
    groups = {name: row(f"muscle.group_{name}") for name in named}
    if muscle in part.muscles:
        return {muscle: 1.0}
    if muscle not in groups or not set(groups[muscle]["muscles"]) <= set(part.muscles):
        raise ParameterError(
            f"There is no muscle or group '{muscle}' in a {type(part).__name__}."
            f"{near_name(muscle, [*groups, *part.muscles])}"
        )
    area = np.array(groups[muscle]["area_cm2"])
    return dict(zip(groups[muscle]["muscles"], (area / area.sum()).tolist(), strict=True))


def unit_muscles(pool: MotorUnitPool, shares: dict[str, float]) -> tuple[str, ...]:
    """Share the units of a pool out among muscles, so that each has weak and strong ones and its share of the force.

    Parameters
    ----------
    pool : MotorUnitPool
        The units.
    shares : dict of str to float
        Share of each muscle; they sum to 1.

    Examples
    --------
    >>> from rheobase.effect import motor_unit_pool
    >>> pool = motor_unit_pool(units=300)
    >>> owner = np.array(unit_muscles(pool, {"a": 0.7, "b": 0.3}))
    >>> print(f"{pool.twitch_share[owner == 'b'].sum():.2f}")
    0.30
    """
    names, wanted = list(shares), np.array(list(shares.values()))
    given, out = np.zeros(len(names)), []
    total = 0.0
    for twitch in pool.twitch_share[::-1]:  # the weakest last, so that they even out what is left
        total += twitch
        owner = int((wanted * total - given).argmax())
        given[owner] += twitch
        out.append(names[owner])
    return tuple(out[::-1])


def _in_forearm_mA(
    pool: MotorUnitPool, limb: Forearm, montage: Montage, pulse: Pulse, nerve: str | None, seed: int
) -> Array:
    """Thresholds of endings under the pad over the muscle bellies, or of the trunk where that needs less."""
    library = make_library(limb, montage, stimulus_of(pulse), spread=False)
    body = middle_body(limb)
    key = next(k for k in library.grids if k[0] == "A-alpha")
    grid = library.grids[key]
    drawn = draw_fibres(grid, body, len(pool.axon_um), np.random.default_rng([seed, pool.seed]))
    endings = read_mA(grid, library.ln_of_body(key, body), replace(drawn, diameter_um=pool.axon_um))
    if nerve is None:
        return endings
    return np.minimum(endings, _in_trunk_mA(pool, library.field, nerve, pulse))


def _in_trunk_mA(pool: MotorUnitPool, field: Field, nerve: str, pulse: Pulse) -> Array:
    """Threshold of each axon in the trunk of a nerve: simulated at some diameters, read off between them."""
    knots = np.array(row("populations.grid")["a_alpha_um"])
    path = field.anatomy.nerve(nerve)
    fibres = [TrunkFibre(kind="A-alpha", diameter_um=float(d), path=path) for d in knots]
    found = trunk_thresholds(field, fibres, stimulus_of(pulse)).threshold_mA
    known = np.isfinite(found)
    if not known.any():
        return np.full(len(pool.axon_um), np.inf)
    return np.exp(np.interp(np.log(pool.axon_um), np.log(knots[known]), np.log(found[known])))
