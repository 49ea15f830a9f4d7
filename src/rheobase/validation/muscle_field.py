"""The quadriceps in the field of pads: currents that recruit it, beside those people needed. Nothing is fitted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from rheobase.anatomy import MappedPart, Person, Thigh
from rheobase.effect import (
    MuscleReach,
    body_thresholds_mA,
    criterion,
    event_mA,
    make_library,
    middle_body,
    motor_unit_pool,
    muscle_reach,
    unit_thresholds_mA,
    with_fat,
)
from rheobase.electrode import Pad
from rheobase.field import solve_field
from rheobase.montage import Montage, pads_at, usual_montage
from rheobase.nerve import stimulus_of
from rheobase.pulse import biphasic
from rheobase.tables import row
from rheobase.validation._rows import RowDict, apart, aside, at_most, inside, near, saying
from rheobase.validation.muscle_suspects import suspect_rows

_TIMES = 20  # draws of the fibres of a body
_MUSCLES = ("vastus_lateralis", "rectus_femoris", "vastus_medialis")


def field_rows() -> Iterator[RowDict]:
    """Every comparison of recruitment by a field."""
    usual = _reach(Thigh())
    yield from _converges(usual)
    yield from _pen()
    yield from _levels(usual)
    yield from suspect_rows()
    yield from _people()
    yield from _pads()


def _reach(
    thigh: MappedPart,
    *,
    width_us: float = 300.0,
    pads: Montage | None = None,
    units: int = 400,
    cell_mm: float | None = None,
) -> MuscleReach:
    solve = solve_field if cell_mm is None else lambda part, montage, **_: solve_field(part, montage, cell_mm=cell_mm)
    return muscle_reach(
        thigh,
        pads or usual_montage(thigh),
        biphasic(width_us=width_us),
        muscle="quadriceps",
        units=units,
        spread=False,
        solve=solve,
    )


def _current_mA(reach: MuscleReach, share: float) -> float:
    """Current that recruits a share of the force."""
    threshold = np.sort(reach.thresholds_mA())
    return float(threshold[np.searchsorted(reach.recruited_share(threshold), share)])


def _converges(usual: MuscleReach) -> Iterator[RowDict]:
    p = row("published_muscle.reach_converges")
    ours = usual.recruited_share(p["amplitude_mA"])
    shown = ", ".join(f"{100 * s:.0f} % at {mA:g} mA" for s, mA in zip(ours, p["amplitude_mA"], strict=True))
    fine = _reach(Thigh(), cell_mm=p["fine_cell_mm"]).recruited_share(p["amplitude_mA"])
    yield apart(
        "share of the force, cells of 3 against 1.5 mm",
        p,
        0.0,
        float(np.abs(fine - ours).max()),
        p["band"],
        unit="",
        note=f"300 us, usual pads: {shown}.",
    )
    more = _reach(Thigh(), units=p["more_units"]).recruited_share(p["amplitude_mA"])
    yield apart(
        f"share of the force, 400 against {p['more_units']} units",
        p,
        0.0,
        float(np.abs(more - ours).max()),
        p["band"],
        unit="",
        note="Other units have other places: this is the chance of one muscle.",
    )


def _pen() -> Iterator[RowDict]:
    p = row("published_muscle.pen_at_motor_point")
    thigh, pool = Thigh(), motor_unit_pool(units=200)
    back = pads_at(thigh, ("hamstrings_distal", "quadriceps_proximal")).pads[0]
    for muscle in _MUSCLES:
        site, moved = thigh.site(muscle), p["searched_mm"]
        turned = math.degrees(moved / (thigh.girth_mm(site.along_mm) / (2.0 * math.pi)))
        first = []
        for along_mm, around_deg in ((0.0, 0.0), (moved, 0.0), (-moved, 0.0), (0.0, turned), (0.0, -turned)):
            pen = Pad(
                name="pen",
                shape="round",
                diameter_mm=p["pen_mm"],
                along_mm=site.along_mm + along_mm,
                around_deg=site.around_deg + around_deg,
                share=1.0,
            )
            montage = Montage(pads=(pen, replace(back, share=-1.0)))
            found = unit_thresholds_mA(pool, thigh, montage, biphasic(width_us=p["width_us"]), muscle=muscle)
            first.append(float(found.min()))
        yield at_most(
            f"pen over the motor point, first unit, {muscle.replace('_', ' ')}",
            p,
            p["largest_mA"],
            min(first),
            unit="mA",
            note=f"Least of five places, as the pen is moved with people too; {first[0]:.1f} mA at the usual one.",
        )


def _levels(usual: MuscleReach) -> Iterator[RowDict]:
    first, tolerated, width = (
        row("muscle.perception"),
        row("published_muscle.tolerated_current"),
        row("published_muscle.width_current"),
    )
    said = "–".join(f"{v:g}" for v in first["contraction_mA"])
    yield aside(
        "current that contracts, against that for 5 % of the force",
        first,
        said,
        _current_mA(usual, 0.05),
        unit="mA",
        note="Muscle and pulse width of the 150 people were not stated; ours: quadriceps, 300 us.",
    )
    at = {w: _current_mA(_reach(Thigh(), width_us=w), width["share"]) for w in (width["wide_us"], width["narrow_us"])}
    said_ratio = width["narrow_percent"] / width["wide_percent"]
    yield aside(
        "current for 40 %, pulses of 200 over 500 us",
        width,
        said_ratio,
        at[width["narrow_us"]] / at[width["wide_us"]],
        note="Each is a share of its own strongest current, which was not seen.",
    )
    low = tolerated["smallest_mA"] * width["wide_percent"] / 100.0
    high = tolerated["largest_mA"] * width["narrow_percent"] / 100.0
    will = row("muscle.voluntary_activation")["share"]  # the maximum is voluntary: not all that the units can give
    yield inside(
        "current for 40 % of the voluntary maximum",
        width,
        low,
        high,
        [_current_mA(usual, will * width["share"])],
        unit="mA",
        note="Two studies together: 60 to 80 % of a strongest current of 65 to 100 mA. 300 us, the rate taken to fuse.",
    )


def _people() -> Iterator[RowDict]:
    fat, sexes = row("published_muscle.fat_current"), row("published_muscle.sexes_current")
    woman, man = Thigh(person=Person(sex="female")), Thigh(person=Person(sex="male"))
    thin, thick = (
        _reach(with_fat(woman, fold / 2.0 - woman.thickness_of_skin_mm))
        for fold in (fat["thin_skinfold_mm"], fat["thick_skinfold_mm"])
    )
    borne_mA = _current_mA(thin, fat["share"])
    more_mA = borne_mA / (1.0 - fat["less_percent"] / 100.0)
    gave = float(thin.recruited_share([borne_mA])[0])
    alike = 100.0 * (1.0 - borne_mA / _current_mA(thick, fat["share"]))
    yield near(
        "torque less with the thicker skinfold, at a third more current",
        fat,
        fat["torque_less_percent"],
        100.0 * (1.0 - float(thick.recruited_share([more_mA])[0]) / gave),
        unit="%",
        note=f"{fat.note} Flesh kept, girth growing with the fat: the same torque takes {alike:.0f} % less current with"
        " the thinner. Fat that only spreads the current does not do what ten women against ten others showed.",
    )
    hers, his = (_current_mA(_reach(t), sexes["share"]) for t in (woman, man))
    percent = 100.0 * (hers / his - 1.0)
    sign = sexes["sign"] if percent < 0 else "women need more"
    yield saying(
        "current for 10 % of the force, women against men",
        sexes,
        sexes["sign"],
        sign,
        note=f"{sexes['percent']:g} % measured, {percent:+.0f} % here: of what differs, thigh and fat"
        " alone are in the model.",
    )


def _quarter(thigh: MappedPart) -> Iterator[RowDict]:
    """A quarter of the voluntary maximum with small and large pads, and how near that is to pain."""
    p, will = row("published_muscle.quarter_of_the_maximum"), row("muscle.voluntary_activation")["share"]
    pulse, needed, hurts = stimulus_of(biphasic(width_us=p["width_us"])), [], []
    for area_cm2 in p["area_cm2"]:
        size = 10.0 * math.sqrt(area_cm2)
        pads = pads_at(thigh, ("vastus_medialis", "quadriceps_proximal"), size_mm=(size, size))
        needed.append(_current_mA(_reach(thigh, width_us=p["width_us"], pads=pads), will * p["share"]))
        library = make_library(thigh, pads, pulse, spread=False, solve=partial(solve_field, cell_mm=3.0))
        drawn = body_thresholds_mA(library, middle_body(thigh), np.random.default_rng([1, 2]), times=_TIMES)
        hurts.append(event_mA(drawn, criterion("pain"))[0] / needed[-1])
    sizes, name = "{:g} and {:g} cm2".format(*p["area_cm2"]), "current for a quarter of the voluntary maximum"
    note = f"{needed[0]:.0f} and {needed[1]:.0f} mA with pads of {sizes}; the rate is taken to fuse, theirs was 40 Hz."
    yield near(name, p, p["current_mA"], float(np.mean(needed)), unit="mA", note=note)
    ratio, told = needed[1] / needed[0], {"tolerance": p["area_tolerance"], "note": note}
    yield near(f"{name}, large over small pads", p, p["area_ratio"], ratio, unit="", **told)
    yield saying(
        f"pain at that current, pads of {sizes}", p, p["pain_order"],
        p["pain_order"] if hurts[0] < hurts[1] else "large pads hurt more", kind="order",
        note=f"Pain begins at {hurts[0]:.2f} and {hurts[1]:.2f} times that current.",
    )  # fmt: skip


def _pads() -> Iterator[RowDict]:
    p = row("published_muscle.pads_before_pain")
    thigh, pulse = Thigh(), biphasic(width_us=300.0)
    gives = {}
    for size in (p["small_mm"], p["large_mm"]):
        pads = pads_at(thigh, ("vastus_medialis", "quadriceps_proximal"), size_mm=(size, size))
        library = make_library(thigh, pads, stimulus_of(pulse), spread=False, solve=partial(solve_field, cell_mm=3.0))
        drawn = body_thresholds_mA(library, middle_body(thigh), np.random.default_rng([1, 2]), times=_TIMES)
        pain = event_mA(drawn, criterion("pain"))[0]
        gives[size] = float(_reach(thigh, pads=pads).recruited_share([pain])[0])
    yield from _quarter(thigh)
    small, large = gives[p["small_mm"]], gives[p["large_mm"]]
    order = p["order"] if large > small else "large pads give less"
    yield saying(
        "torque before it is sharp, pads of 9 against 3 cm",
        p,
        p["order"],
        order,
        kind="order",
        note=f"Share of the force at the current that is sharp: {100 * large:.0f} against {100 * small:.0f} %.",
    )
