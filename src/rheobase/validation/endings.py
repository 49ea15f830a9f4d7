"""Fibres that end under a pad: of one thickness, and tapered; both polarities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.anatomy import Forearm, cutaneous_course, motor_course
from rheobase.nerve import Stimulus, uniform_fibre, with_free_ending
from rheobase.tables import row
from rheobase.validation._bench import (
    PAD_MM,
    Probe,
    arriving,
    biphasic,
    monophasic,
    on_course,
    skin_course,
    tapered,
    under_pads,
    uniform_mA,
    whole,
)
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, aside, inside, near

_LENGTH_MM = 140.0
_SEVERAL_UM = (5.7, 10.0, 16.0)
_TAIL_MS = 1.6
_THIN_NODES = 220  # 48 mm


def skin_probe(limb: Forearm, diameter_um: float = 10.0) -> Probe:
    """A fibre of one thickness that comes straight up into the skin."""
    return on_course(limb, skin_course(limb), whole(diameter_um, _LENGTH_MM))


def motor_probe(limb: Forearm, depth_mm: float, diameter_um: float = 10.0) -> Probe:
    """A fibre of one thickness that rises to an ending in the muscle; depth from the skin."""
    course = motor_course(limb, "rising_45", below_fascia_mm=depth_mm - limb.fascia_depth_mm, along_mm=PAD_MM)
    return on_course(limb, course, whole(diameter_um, _LENGTH_MM))


def tapered_mA(limb: Forearm, probes: list[Probe], stimulus: Stimulus | None = None) -> np.ndarray:
    """Thresholds of tapered fibres in one limb."""
    pulse = stimulus or biphasic(tail_ms=_TAIL_MS)
    return arriving([under_pads(limb)] * len(probes), probes, pulse).threshold_mA


def tapered_motor(limb: Forearm, depth_mm: float, parent_um: float = 10.0) -> Probe:
    """A motor fibre with a short taper, rising; depth from the skin."""
    course = motor_course(limb, "rising_45", below_fascia_mm=depth_mm - limb.fascia_depth_mm, along_mm=PAD_MM)
    return on_course(limb, course, tapered("motor_short", parent_um))


def tapered_skin(limb: Forearm, course: str, parent_um: float = 8.7) -> Probe:
    """A touch fibre with a short taper that ends 1 mm deep."""
    return on_course(limb, cutaneous_course(limb, course, ending_mm=1.0, along_mm=PAD_MM), tapered("short", parent_um))


def thin_mA(limb: Forearm, free_um: Sequence[float]) -> np.ndarray:
    """Thresholds of a thin fibre that rises straight: its myelin up to its end, then with bare axons so thick."""
    p, tip = row("published.thin_ending"), row("branches.free_ending")["tip_mm"]
    probes = []
    for axon_um in (None, *free_um):
        fibre = uniform_fibre("pena", diameter_um=p["fibre_um"], nodes=_THIN_NODES, passive_ends=False)
        course = cutaneous_course(limb, "vertical", ending_mm=p["depth_mm"], along_mm=PAD_MM)
        if axon_um is not None:
            fibre = with_free_ending(fibre, p["depth_mm"] - tip, axon_um=axon_um)
            course = ((tip, PAD_MM), *course)
        probes.append(on_course(limb, course, fibre))
    pulse = biphasic(tail_ms=row("populations.grid")["tail_ms"])
    return arriving([under_pads(limb)] * len(probes), probes, pulse).threshold_mA


def _thin(limb: Forearm) -> list[RowDict]:
    p, bare = row("published.thin_ending"), row("branches.free_ending")
    thick = (bare["smallest_um"], bare["axon_um"], bare["largest_um"])
    whole_mA, *free_mA = thin_mA(limb, thick)
    name = f"thin fibre of {p['fibre_um']:g} um, rising straight"
    rows = [near(f"{name}, myelin up to its end", p, p["threshold_mA"], float(whole_mA), unit="mA")]
    note = "The published fibre ends with its myelin. Axons of such endings are 0.9-1.5 um thick (Heppelmann 1990)."
    for um, mA in zip(thick, free_mA, strict=True):
        rows.append(aside(f"{name}, bare axon of {um:g} um", p, p["threshold_mA"], float(mA), unit="mA", note=note))
    return rows


def _run(tell: Progress) -> list[RowDict]:
    limb = Forearm()
    rows = [*_uniform(limb), *_tapered(limb), *_thin(limb)]
    tell(0.5)
    return rows + _polarity(limb)


def _uniform(limb: Forearm) -> list[RowDict]:
    skin, motor = row("published.uniform_skin"), row("published.uniform_motor")
    up = [skin_probe(limb)]
    rows = [
        near(
            "skin ending, one thickness, biphasic",
            skin,
            skin["biphasic_mA"],
            uniform_mA(limb, up, biphasic(), ending=True)[0],
            unit="mA",
        ),
        near(
            "skin ending, one thickness, monophasic",
            skin,
            skin["monophasic_mA"],
            uniform_mA(limb, up, monophasic(), ending=True)[0],
            unit="mA",
        ),
    ]
    found = uniform_mA(limb, [motor_probe(limb, d) for d in motor["depth_mm"]], biphasic(), ending=True)
    for depth, want, ours in zip(motor["depth_mm"], motor["threshold_mA"], found, strict=True):
        rows.append(near(f"motor ending, one thickness, {depth:g} mm deep", motor, want, ours, unit="mA"))
    return rows


def _tapered(limb: Forearm) -> list[RowDict]:
    skin, motor = row("published.tapered_skin"), row("published.tapered_motor")
    ours = tapered_mA(
        limb, [tapered_skin(limb, c) for c in skin["course"]] + [tapered_motor(limb, d) for d in motor["depth_mm"]]
    )
    names = [f"touch 8.7 um, tapered, {c.replace('_', ' ')}" for c in skin["course"]]
    names += [f"motor 10 um, tapered, {d:g} mm deep" for d in motor["depth_mm"]]
    wanted = [(skin, t) for t in skin["threshold_mA"]] + [(motor, t) for t in motor["threshold_mA"]]
    return [
        near(name, published, want, got, unit="mA")
        for name, (published, want), got in zip(names, wanted, ours, strict=True)
    ]


def _polarity(limb: Forearm) -> list[RowDict]:
    p, form = row("published.polarity"), row("published.pulse_form")
    shallow, *deeper = row("published.uniform_motor")["depth_mm"]
    probes = [skin_probe(limb, d) for d in _SEVERAL_UM] + [motor_probe(limb, shallow, d) for d in _SEVERAL_UM]
    probes += [motor_probe(limb, depth, d) for depth in deeper for d in _SEVERAL_UM]
    cathode, anode, both = (
        uniform_mA(limb, probes, pulse, ending=True) for pulse in (monophasic(), monophasic(anode=True), biphasic())
    )
    n = len(_SEVERAL_UM)
    turned, widened = anode / cathode, both / cathode
    low, high = p["motor_low_ratio"], p["motor_high_ratio"]
    spread = f"{turned[2 * n :].min():.3g}–{turned[2 * n :].max():.3g}"
    return [
        inside("anode over cathode, skin ending", p, p["skin_low_ratio"], p["skin_high_ratio"], turned[:n], unit=""),
        inside("anode over cathode, rising motor ending", p, low, high, turned[n : 2 * n], unit=""),
        aside(
            "anode over cathode, deeper motor endings",
            p,
            f"{low:g}–{high:g}",
            spread,
            note="The published range goes with endings 10 mm deep; deeper ones are less sensitive to polarity.",
        ),
        inside(
            "biphasic over monophasic, skin ending",
            form,
            form["skin_low_ratio"],
            form["skin_high_ratio"],
            widened[:n],
            unit="",
        ),
        apart(
            "biphasic over monophasic, motor ending",
            form,
            form["motor_ratio"],
            float(np.mean(widened[n : 2 * n])),
            form["band"],
            unit="",
        ),
    ]


COMPARISON = Comparison(name="endings", about="fibres that end under a pad, and which pole lies over them", run=_run)
