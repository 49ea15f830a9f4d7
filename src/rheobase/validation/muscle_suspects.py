"""What the current that the quadriceps needs depends on: one thing changed at a time, within its published range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import MappedPart, Thigh
from rheobase.effect import (
    MotorUnitPool,
    axon_thresholds_mA,
    living,
    motor_axons,
    motor_unit_pool,
    muscle_shares,
    unit_muscles,
    with_fat,
)
from rheobase.field import Field, solve_field
from rheobase.montage import Montage, usual_montage
from rheobase.nerve import Fibre, diameters_um, fibre_model, stimulus_of
from rheobase.nerve.model import Internodes
from rheobase.nerve.path import length_mm
from rheobase.pulse import biphasic
from rheobase.tables import Row, row
from rheobase.validation._rows import RowDict, aside

Array = NDArray[np.float64]
_CELL_MM = 3.0
_SPARE_MM = 3.0  # of a way that its fibre leaves free
_UNITS = 400


def suspect_rows() -> Iterator[RowDict]:
    """The current for 40 % of the voluntary maximum with each suspect changed; there is no published figure for it."""
    thigh, pool = Thigh(), motor_unit_pool(units=_UNITS)
    usual = living(thigh)
    tissue, seen, axon = row("tissues.muscle"), row("muscle.reach_conductivity"), row("muscle.pool_axon")
    areas, pads = row("published_muscle.areas_in_life"), row("published_muscle.tolerated_current")
    yield _told("muscle that conducts as in limb models", tissue, replace(
        usual, muscle_transverse_S_per_m=tissue["sigma_transverse_S_per_m"],
        muscle_axial_S_per_m=tissue["sigma_axial_S_per_m"]), pool)  # fmt: skip
    yield _told("muscle that conducts least, of what was measured", seen, living(thigh, muscle_share=0.0), pool)
    yield _told("muscle that conducts most", seen, living(thigh, muscle_share=1.0), pool)
    yield _told("axons of 8.7 to 16 um", row("populations.a_alpha"), usual, _thick(pool))
    for close, words in ((0.0, "no relation of axon and unit"), (0.9, "a close one")):
        other = motor_unit_pool(units=_UNITS, correlation_factor=close)
        yield _told(words, axon, usual, other)
    yield _told("areas of six young men", areas, usual, pool, shares=_shares(areas))
    divided = row("published_muscle.divided_axon")
    for over_mm in divided["over_mm"]:
        yield _told(f"axons that divide over {over_mm:g} mm", divided, usual, pool, over_mm=over_mm)
    fatter = with_fat(usual, usual.person.fat_mm("thigh") + row("published_muscle.suspects")["more_fat_mm"])
    yield _told("5 mm more fat", row("published_muscle.suspects"), fatter, pool)
    width = row("published_muscle.width_current")
    for width_us in (width["narrow_us"], width["wide_us"]):
        yield _told(f"pulses of {width_us:g} us", width, usual, pool, width_us=width_us)
    slim = usual_montage(usual)
    sized = tuple(replace(p, width_mm=pads["around_mm"], length_mm=pads["along_mm"]) for p in slim.pads)
    yield _told("pads of 40 x 100 mm", pads, usual, pool, montage=replace(slim, pads=sized))
    for way in (1.0, -1.0):
        moved = way * usual.motor_points["vastus_lateralis"].spread_mm
        words = f"end plates a standard deviation {'up' if way > 0 else 'down'}"
        yield _told(words, row("thigh.motor_vastus_lateralis"), usual, pool, moved_mm=moved)
    yield _told("another draw of the units", row("muscle.pool"), usual, motor_unit_pool(units=_UNITS, seed=2), seed=2)


def _told(what: str, about: Row, limb: MappedPart, pool: MotorUnitPool, **change: Any) -> RowDict:
    return aside(f"current for 40 %, {what}", about, "none", _current_mA(limb, pool, **change), unit="mA",
                 note=about.note or "One thing changed.")  # fmt: skip


def _current_mA(
    limb: MappedPart,
    pool: MotorUnitPool,
    *,
    shares: dict[str, float] | None = None,
    montage: Montage | None = None,
    width_us: float = 300.0,
    moved_mm: float = 0.0,
    over_mm: float = 0.0,
    seed: int = 1,
) -> float:
    field = _solved(limb, montage or usual_montage(limb))
    owner = unit_muscles(pool, shares or muscle_shares(limb, "quadriceps"))
    axons = motor_axons(limb, owner, np.asarray(pool.axon_um, dtype=float), seed=seed, moved_mm=moved_mm)
    fibres = [_divided(*axon, over_mm) for axon in zip(axons.ways_mm, axons.diameter_um, strict=True)]
    stimulus = stimulus_of(biphasic(width_us=width_us))
    found = axon_thresholds_mA(axons, field, stimulus, fibres=fibres if over_mm else None)
    order = np.argsort(found)
    share = row("published_muscle.width_current")["share"] * row("muscle.voluntary_activation")["share"]
    return float(found[order][np.searchsorted(np.cumsum(pool.twitch_share[order]), share)])


def _divided(way_mm: Array, parent_um: float, over_mm: float) -> Fibre:
    """An axon whose calibre falls at every division, these evenly spaced on the way to its end plate."""
    p = row("published_muscle.divided_axon")
    thin = []
    while parent_um * p["area_share"] ** (0.5 * (1 + len(thin))) >= p["least_um"]:
        thin.append(parent_um * p["area_share"] ** (0.5 * (1 + len(thin))))
    sizes = [*thin[::-1], parent_um]
    models = ["mrg_interpolated" if d >= row("fibres.mrg_discrete")["fibre_um"][2] else "pena" for d in sizes]
    blocks = [fibre_model(m).internodes(np.array([d])) for m, d in zip(models, sizes, strict=True)]
    step_um = 1000.0 * over_mm / max(len(thin), 1)
    counts = [max(1, round(step_um / b.length_um[0])) for b in blocks[:-1]]
    used_um = sum(n * b.length_um[0] for n, b in zip(counts, blocks, strict=False))
    rest = int((1000.0 * (length_mm(way_mm) - _SPARE_MM) - used_um) / blocks[-1].length_um[0])
    return Fibre(
        model=fibre_model("mrg_interpolated"),
        kinds=Internodes.join(blocks),
        sequence=np.repeat(np.arange(len(blocks)), [*counts, rest]),
        passive_ends=False,
        label="A-alpha",
        diameter_um=parent_um,
        silent_nodes=int(row("populations.grid")["silent_nodes"]),
    )


@lru_cache(maxsize=2)
def _solved(limb: MappedPart, montage: Montage) -> Field:
    return solve_field(limb, montage, cell_mm=_CELL_MM)


def _thick(pool: MotorUnitPool) -> MotorUnitPool:
    """The pool with axons as thick as those of textbooks, in the same order."""
    axon: Array = np.empty(len(pool.axon_um))
    axon[np.argsort(pool.axon_um)] = np.sort(diameters_um("A-alpha", len(axon), np.random.default_rng(1)))
    return replace(pool, axon_um=axon)


def _shares(areas: Row) -> dict[str, float]:
    part = np.array(areas["area_cm2"])
    return dict(zip(areas["muscles"], (part / part.sum()).tolist(), strict=True))
