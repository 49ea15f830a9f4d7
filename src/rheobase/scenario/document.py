"""The result of a scenario as one plain document, from which the report is drawn and the files are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, MappedPart
from rheobase.effect import Sensation, band_of, perceived_intensity
from rheobase.effect.variation import fat_of_mm
from rheobase.field import Field
from rheobase.io.scenario import Scenario
from rheobase.montage import Montage
from rheobase.nerve import TrunkFibre, rounded_mm, stimulus_of, trunk_thresholds, walk_mm
from rheobase.pulse import Pulse
from rheobase.safety import CheckedProgramme
from rheobase.tables import row

DISCLAIMER = (
    "Rheobase is for research, engineering and teaching. It is not a medical device: do not use it to decide on the"
    " treatment of a person."
)
_POINTS = 161


def amplitude_grid_mA(felt: Sensation, amplitude_mA: float) -> np.ndarray:
    """Amplitudes for the curves: from 0 to beyond the pain of most people and the chosen amplitude."""
    top = max(1.15 * felt.band("pain").p95_mA, 1.2 * amplitude_mA)
    return np.linspace(0.0, float(np.ceil(top)), _POINTS)


def events(felt: Sensation, radiation_mA: float | None, nerve: str | None) -> list[dict[str, Any]]:
    """Thresholds of tingling, twitch and pain with their bands; of what can happen here."""
    out = []
    for event in felt.events:
        band, rule = felt.band(event), felt.criteria[event]
        note = ""
        if event == "tingling":
            note = _spreading(felt.library.limb, radiation_mA, nerve)
        elif event == "pain":
            note = (
                "Half of the thin fibres stands for pain; the first of them fires well below, where few feel it hurt."
            )
        out.append(
            {
                "id": event,
                "plain": rule.plain,
                "kind": rule.kind,
                "criterion": rule.text,
                "amplitude_mA": {
                    "nominal": felt.nominal_mA(event),
                    "median": band.median_mA,
                    "p5": band.p5_mA,
                    "p95": band.p95_mA,
                },
                "where": f"under the {felt.where(event).replace('_', ' ')} pad",
                "note": note,
            }
        )
    return out


def _spreading(part: BodyPart, at_mA: float | None, nerve: str | None) -> str:
    """From when tingling spreads along the nerve under the pads, if there is one."""
    if nerve is None or at_mA is None:
        return "Felt under the pads."
    territory = row(f"forearm.{nerve}")["territory"] if isinstance(part, LayeredLimb) else part.nerve(nerve).territory
    note = f"Felt under the pad. Along the {nerve.replace('_', ' ')} nerve, into {territory or 'its territory'}, "
    return note + (
        f"it spreads from about {at_mA:.0f} mA in the middle body, when fibres of the trunk fire."
        if np.isfinite(at_mA)
        else "it does not spread: no fibre of the trunk was found to fire with this pulse."
    )


def radiation_mA(field: Field, nerve: str, pulse: Pulse) -> float:
    """Amplitude at which a tenth of the trunk's touch fibres fires: tingling spreads along the nerve."""
    p, path = row("populations.a_beta"), field.anatomy.nerve(nerve)
    # the tenth thickest fibre of a normal distribution lies 1.28 standard deviations above the mean
    diameter = min(p["largest_um"], p["mean_um"] + 1.2816 * p["sd_um"])
    found = trunk_thresholds(field, [TrunkFibre(kind="A-beta", diameter_um=diameter, path=path)], stimulus_of(pulse))
    return float(found.threshold_mA[0])


def criteria(felt: Sensation) -> list[dict[str, Any]]:
    """Amplitude at each level of recruitment, by kind."""
    out = []
    for kind in felt.kinds:
        for share in row("sensation.shares")["shown"]:
            band = felt.share_band(kind, share)
            out.append(
                {
                    "kind": kind,
                    "share": share,
                    "median_mA": band.median_mA,
                    "p5_mA": band.p5_mA,
                    "p95_mA": band.p95_mA,
                }
            )
    return out


def recruitment(felt: Sensation, grid_mA: np.ndarray) -> dict[str, Any]:
    """Share of each kind that fires over amplitude."""
    kinds = [{"kind": k} | {n: v.round(5).tolist() for n, v in felt.recruited(k, grid_mA).items()} for k in felt.kinds]
    return {"amplitude_mA": grid_mA.tolist(), "kinds": kinds}


def intensity(felt: Sensation, grid_mA: np.ndarray, rate_hz: float) -> dict[str, Any]:
    """Perceived intensity over amplitude in the middle body."""
    share = felt.recruited("A-beta", grid_mA)["nominal"]
    relative = perceived_intensity(share, rate_hz, threshold_share=felt.criteria["tingling"].share)
    return {
        "amplitude_mA": grid_mA.tolist(),
        "rate_hz": rate_hz,
        "relative": relative.round(5).tolist(),
        "note": "1 is the strength at twice the recruitment of the threshold and 100 Hz. A growth law from laboratories"
        " (exponent 1.2, range 0.9 to 1.8); fading over minutes is left out, and so are fibres beside the pads,"
        " so the curve ends level when all fibres under the pads fire.",
    }


def window(felt: Sensation, amplitude_mA: float) -> dict[str, Any]:
    """The comfortable window, from tingling to pain."""
    at = {e: felt.band(e).median_mA for e in felt.events}
    low, high = at["tingling"], at["pain"]
    widths = band_of(felt.people_mA("pain") - felt.people_mA("tingling"))
    what = "the hand" if isinstance(felt.library.limb, LayeredLimb) else "a muscle"
    if "twitch" not in at:
        moved = " No muscle lies under the pads."
    elif at["twitch"] < high:
        moved = f" From {at['twitch']:.1f} mA {what} moves before it hurts."
    else:
        moved = f" From {at['twitch']:.1f} mA it hurts before {what} moves."
    place = (
        "below the tingling of most people"
        if amplitude_mA < low
        else "above the pain of most people"
        if amplitude_mA > high
        else "inside it"
    )
    text = (
        f"Comfortable tingling from {low:.1f} to {high:.1f} mA: a window of {widths.median_mA:.1f} mA"
        f" ({widths.p5_mA:.1f} to {widths.p95_mA:.1f} mA over people).{moved}"
        f" The chosen {amplitude_mA:g} mA lies {place}"
    )
    return {"from": low, "to": high, "text": text}


def answer(felt: Sensation, checked: CheckedProgramme) -> str:
    """The question answered in one or two sentences."""
    limb = felt.library.limb
    moves = "the hand begins to move at" if isinstance(limb, LayeredLimb) else "a muscle under the pads twitches at"
    begins = {"tingling": "Tingling begins at", "twitch": moves, "pain": "it hurts from"}
    parts = []
    for event in felt.events:
        b = felt.band(event)
        parts.append(f"{begins[event]} {_mA(b.median_mA)} mA ({_mA(b.p5_mA)} to {_mA(b.p95_mA)})")
    amplitude_mA = checked.programme.amplitude_mA
    charge_uC = checked.programme.train.pulse.charge_per_phase_uC(amplitude_mA)
    told = {
        "within": "stays within every output limit",
        "attention": "stays within every hard output limit, with a point to attend to",
    }
    whose = "this person" if felt.calibrated else "90 % of people in brackets"
    lumped = getattr(limb, "skin_model", "") == "lumped"
    warning = " The skin is lumped: tingling and pain come out many times too low." if lumped else ""
    return (
        f"{', '.join(parts)}; {whose}. {amplitude_mA:g} mA carries {abs(charge_uC):.2g} µC in a phase and"
        f" {told.get(checked.overall.verdict, checked.overall.verdict)}.{warning}"
    )


def _mA(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def field_part(
    field: Field, montage: Montage, pulse: Pulse, amplitude_mA: float, nerve: str | None = None
) -> dict[str, Any]:
    """Resistance, densities, and the potential of the leading phase along the nerves and over a section of the limb."""
    sign = float(np.sign(pulse.phases[0].charge_uC_per_mA))
    active = max(montage.pads, key=lambda p: p.share)
    under = field.density(active.name)
    relative = under.density_A_per_m2_per_mA / under.mean_A_per_m2_per_mA
    every = max(1, len(under.along_mm) // 25)
    limb = field.anatomy
    layered = isinstance(limb, LayeredLimb)
    # elsewhere many nerves pass, most of them far from the pads
    shown = list(limb.nerves) if layered else [nerve] if nerve else []
    out: dict[str, Any] = {
        "resistance_ohm": field.resistance_ohm,
        "voltage_at_amplitude_V": field.required_voltage_V(amplitude_mA),
        "mean_density_A_per_m2_per_mA": abs(under.mean_A_per_m2_per_mA),
        "peak_density_A_per_m2_per_mA": under.peak_A_per_m2_per_mA,
        "pad_density": {
            "along_mm": (under.along_mm[::every] - active.along_mm).round(2).tolist(),
            "around_mm": under.around_mm[::every].round(2).tolist(),
            "relative": [
                [None if not np.isfinite(v) else round(float(v), 3) for v in line]
                for line in relative.T[::every, ::every]
            ],
        },
        "nerves": [_along_nerve(field, name, sign) for name in shown],
    }
    return out | ({"section": _section(field, active.around_deg, sign)} if layered else {})


def _section(field: Field, around_deg: float, sign: float) -> dict[str, Any]:
    """Potential in the half-plane of a pad of a limb that is the same all along."""
    limb: Any = field.anatomy
    half = limb.length_mm / 2
    radius = np.linspace(0.0, limb.radius_mm, 33)
    along = np.linspace(-0.75 * half, 0.75 * half, 121)
    r, z = np.meshgrid(radius, along, indexing="ij")
    angle = np.deg2rad(around_deg)
    points = np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1).reshape(-1, 3)
    return {
        "radius_mm": radius.tolist(),
        "along_mm": along.tolist(),
        "potential_mV_per_mA": (sign * field.drive_V_per_A(points).reshape(r.shape)).round(3).tolist(),
    }


def _along_nerve(field: Field, name: str, sign: float) -> dict[str, Any]:
    way = rounded_mm(np.array(field.anatomy.nerve(name).points_mm))
    arc = np.arange(0.0, float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum()), 1.0)
    points = walk_mm(way, arc)
    v = sign * field.drive_V_per_A(points)
    second = np.zeros_like(v)
    second[1:-1] = v[2:] - 2 * v[1:-1] + v[:-2]
    keep = slice(1, -1, 2)
    return {
        "name": name,
        "along_mm": points[keep, 2].round(2).tolist(),
        "potential_mV_per_mA": v[keep].round(4).tolist(),
        "second_difference_mV_per_mA": second[keep].round(6).tolist(),
        "note": "Leading phase. Second difference over 1 mm along the trunk, near the internodes of its thick fibres;"
        " where it is positive, fibres are depolarised",
    }


def anatomy_part(field: Field, montage: Montage, site: str) -> dict[str, Any]:
    """Layers of a limb of concentric ones, or sizes of a person's part; nerves and pads."""
    limb: Any = field.anatomy
    out: dict[str, Any] = {"site": site, "length_mm": limb.ends_mm[1] - limb.ends_mm[0]}
    if isinstance(limb, LayeredLimb):
        out["layers"] = [{"name": la.name, "outer_radius_mm": la.outer_radius_mm} for la in limb.layers]
    elif isinstance(limb, MappedPart):
        middle = max(montage.pads, key=lambda p: p.share).along_mm
        out |= {"person": limb.person.plain, "girth_mm": limb.girth_mm(middle), "fat_mm": fat_of_mm(limb)}
    return out | {
        "nerves": [
            {"name": n.name, "around_deg": n.around_deg, "skin_depth_mm": n.skin_depth_mm} for n in limb.nerves.values()
        ],
        "pads": [
            {
                "name": p.name,
                "role": "cathode" if p.share > 0 else "anode",
                "along_mm": p.along_mm,
                "around_deg": p.around_deg,
                "width_mm": p.around_mm,
                "length_mm": p.extent_mm,
                "shape": p.shape,
            }
            for p in montage.pads
        ],
    }


def pulse_part(pulse: Pulse, rate_hz: float, label: str) -> dict[str, Any]:
    """The pulse, drawn and counted."""
    edge = 0.15 * pulse.duration_us
    t = np.linspace(-edge, pulse.duration_us + edge, 801)
    return {
        "label": label,
        "time_us": t.round(3).tolist(),
        "relative": pulse.value(t).round(5).tolist(),
        "width_us": pulse.phase_width_us,
        "rate_hz": rate_hz,
        "charge_per_phase_uC_per_mA": abs(pulse.charge_per_phase_uC(1.0)),
        "net_charge_uC_per_mA": pulse.net_charge_uC(1.0),
        "rms_relative": pulse.rms_relative,
    }


def safety_part(checked: CheckedProgramme) -> dict[str, Any]:
    """Every verdict with figure, limit and source."""
    names = ("quantity", "plain", "value", "unit", "limit", "bound", "verdict", "source", "confidence", "remedy")
    return {
        "amplitude_mA": checked.programme.amplitude_mA,
        "overall": checked.overall.verdict,
        "overall_text": checked.overall.text,
        "verdicts": [{n: getattr(v, n) for n in names} for v in checked.verdicts],
    }


def pulse_label(scenario: Scenario) -> str:
    """The pulse in words."""
    p = scenario.pulse
    if p.shape == "csv":
        return f"samples of {Path(p.file or '').name}"
    width = f", {p.width_us:g} µs a phase" if p.width_us else ""
    gap = f", {p.gap_us:g} µs gap" if p.gap_us else ""
    return f"{p.shape.replace('_', ' ')}{width}{gap}, {p.leading} first at the cathode pad"
