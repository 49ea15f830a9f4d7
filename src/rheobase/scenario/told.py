"""What a result says about itself: who varied, by which method, what is left out, whose work it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, MappedPart
from rheobase.effect import Sensation, conductivity_ends
from rheobase.effect.variation import fat_of_mm, fat_row
from rheobase.registry import members
from rheobase.tables import row, source

VARIED = (
    ("fat_mm", "thickness of fat", ""),
    ("sigma_fat_S_per_m", "conductivity of fat", "tissues.fat_high"),
    ("sigma_muscle_S_per_m", "conductivity of muscle", "tissues.muscle_in_vivo"),
    ("sigma_dermis_S_per_m", "conductivity of the dermis", "tissues.dermis_high"),
    ("a_beta_um", "diameters and endings of touch fibres", "populations.a_beta"),
    ("a_alpha_um", "diameters, endings and depth of motor fibres", "populations.a_alpha"),
    ("a_delta_um", "diameters and endings of thin fibres", "populations.a_delta"),
    ("person", "shares of courses and tapers, depth of the motor point", "populations.person"),
)
ROWS = (
    "fibres.mrg_electrical", "fibres.mrg_currents", "fibres.mrg_discrete", "fibres.mrg_interpolated", "fibres.pena",
    "branches.cutaneous_courses", "branches.motor_courses", "branches.cutaneous_ending", "branches.taper_short",
    "branches.taper_long", "branches.taper_motor_short", "branches.taper_motor_long", "branches.shortened_pena",
    "branches.corner", "populations.a_beta", "populations.a_alpha", "populations.a_delta", "populations.grid",
    "populations.person", "sensation.tingling", "sensation.twitch", "sensation.pain", "sensation.radiation",
    "sensation.growth", "sensation.rate", "sensation.varied_fat", "sensation.shares", "tissues.fat_high",
    "tissues.muscle_in_vivo", "tissues.dermis_high",
)  # fmt: skip
_USED_FOR = {
    "fibres": "fibre models",
    "branches": "how fibres end",
    "populations": "which fibres there are",
    "sensation": "what is felt",
    "tissues": "conductivities",
    "forearm": "anatomy",
    "limits": "output limits",
    "electrodes": "pads and skin",
    "modalities": "usual settings",
    "movement": "limb and gait",
    "control": "control",
    "muscle": "force of muscle",
    "peroneal": "nerve of the leg",
    "people": "sizes of people",
    "dispersion": "conductivity by frequency",
}


def _used_for(table: str) -> str:
    anatomies = (*members("anatomies"), "trunk")
    return _USED_FOR.get(table, "anatomy" if table in anatomies else "data")


def population(felt: Sensation) -> dict[str, Any]:
    """People, what varies between them, and how often the events come in which order."""
    at = {e: felt.people_mA(e) for e in felt.events}
    spans = _spans(felt)
    varied = []
    for name, plain, key in VARIED:
        if name == "a_alpha_um" and "twitch" not in at:
            continue
        r = row(key or fat_row(felt.library.limb))
        varied.append(
            {
                "name": name,
                "plain": plain,
                "distribution": spans[name],
                "source": "; ".join(source(s).text for s in r.sources),
                "confidence": r.confidence,
            }
        )
    return {
        "people": len(felt.people),
        "seed": felt.seed,
        "varied": varied,
        "order": {
            name: float(np.mean(at[first] < at[then]))
            for name, first, then in (
                ("sensory_before_motor", "tingling", "twitch"),
                ("motor_before_pain", "twitch", "pain"),
                ("sensory_before_pain", "tingling", "pain"),
            )
            if first in at and then in at
        },
    }


def _spans(felt: Sensation) -> dict[str, str]:
    limb = felt.library.limb
    fat, high = row(fat_row(limb)), felt.library.fat_mm
    out = {
        "fat_mm": f"log-normal, median {fat_of_mm(limb):g} mm, SD of ln {fat['sd_ln']:g}, cut at {high[0]:.3g} and"
        f" {high[-1]:.3g} mm",
        "person": "Dirichlet, beta and uniform draws",
    }
    # of the limb itself: a lumped skin has another range than a dermis of its own
    for tissue, layer in (("fat", "fat"), ("muscle", "muscle"), ("dermis", "skin")):
        a, b = (
            next(t.sigma_axial_S_per_m for t in one.tissues if t.name == layer)
            for one in (limb, conductivity_ends(limb, tissue))
        )
        out[f"sigma_{tissue}_S_per_m"] = f"between {a:.3g} and {b:.3g} S/m (axial)"
    for kind in ("a_beta", "a_alpha"):
        p = row(f"populations.{kind}")
        out[f"{kind}_um"] = f"normal {p['mean_um']:g} ± {p['sd_um']:g} µm, {p['smallest_um']:g} to {p['largest_um']:g}"
    p = row("populations.a_delta")
    out["a_delta_um"] = f"log-normal, median {p['median_um']:g} µm, {p['smallest_um']:g} to {p['largest_um']:g}"
    return out


def calibration(felt: Sensation, uncalibrated_mA: dict[str, float]) -> dict[str, Any]:
    """Measured thresholds and the factors they stand for in the middle body."""
    out = {
        "perception_mA": felt.perception_mA,
        "twitch_mA": felt.twitch_mA,
        "sensory_factor": felt.nominal_mA("tingling") / uncalibrated_mA["tingling"],
    }
    if "twitch" in felt.events:
        out["motor_factor"] = felt.nominal_mA("twitch") / uncalibrated_mA["twitch"]
    return out


def method(felt: Sensation, resistance_ohm: float) -> list[str]:
    """How the figures came about, in plain paragraphs."""
    n = sum(int(np.prod(g.shape)) for g in felt.library.grids.values())
    measured = "perception_mA, twitch_mA" if "twitch" in felt.events else "perception_mA"
    return [
        f"{_body(felt.library.limb)} Pads are complete"
        " electrodes: metal at one potential behind a contact impedance that holds gel and horny layer, so that the"
        f" current gathers at their edges. From pad to pad the model has {resistance_ohm:.0f} ohm.",
        "Fibres are MRG double cables (below 5.7 µm with the geometry of Pena), stepped by 5 µs at 37 °C. Skin and"
        " motor fibres end in thin, short internodes, as histology shows: how a fibre ends moves its threshold by up to"
        f" ten times. {n} endings under the pads were simulated for each of six bodies that differ in fat and"
        " conductivities; a threshold is an amplitude whose spike travelled on, with a silent one within 2 %"
        " below.",
        f"Each of {len(felt.people)} virtual people is a draw of fat, conductivities, fibre diameters, courses, tapers"
        " and motor depth (seeded). An event happens when the stated share of fibres under a pad fires. Bands are 5 to"
        " 95 % of people.",
        "The result is a prior: no measurement says which share of fibres makes a sensation. Measured thresholds of a"
        f" person ({measured}) scale every virtual body to that person, skin and motor fibres apart."
        if not felt.calibrated
        else "Every virtual body was scaled to the measured thresholds of the person, skin fibres by the perception"
        " threshold, motor fibres by the twitch threshold; the bands that remain are what those do not fix.",
    ]


def _body(limb: BodyPart) -> str:
    """What the body is made of and how its field is solved."""
    if isinstance(limb, LayeredLimb):
        return "The limb is a layered, anisotropic cylinder; its field is solved by a Fourier-Bessel series."
    who = f" of one person ({limb.person.plain})" if isinstance(limb, MappedPart) else ""
    return (
        f"The {_title(limb)} is that{who}, with outline, skin, fat, muscles and bones from tables of measured people;"
        " its field is solved on a grid of hexahedra fitted to it."
    )


def _title(limb: BodyPart) -> str:
    return limb.data["frame"]["title"] if isinstance(limb, MappedPart) else type(limb).__name__.lower()


def _of_the_body(felt: Sensation) -> list[str]:
    """What is simplified in this part of the body."""
    limb = felt.library.limb
    if isinstance(limb, LayeredLimb):
        return [
            "One bone on the axis stands for radius and ulna; the forearm does not taper; fat has no septa or vessels.",
            "All fibres lie in the plane through the pad centres. Depths of median and radial nerve are assumed: no"
            " measured table was found.",
        ]
    out = [
        f"Bones, muscles and nerves of the {_title(limb)} are smooth shapes from tables; fat has no septa or vessels,"
        " and grows and shrinks from person to person everywhere in the same proportion, at the same girth.",
        "All fibres lie in planes through the pad centres and the axis, and run along the body: on the trunk, where"
        " skin nerves run round it, this is an assumption.",
    ]
    if "twitch" not in felt.events:
        out.append(
            "Bone and tendon, but no muscle, lie under the pads; the pull of muscles beside them is not computed."
        )
    else:
        out.append(
            "Motor fibres end under the pads that have muscle and a motor point below, at the depths of the table of"
            " populations and no deeper than the muscle; muscles beside the pads are left out."
        )
    return out


def simplifications(felt: Sensation, *more: str) -> list[str]:
    """What the model leaves out."""
    over = "pad over the muscle" if "twitch" in felt.events else "active pad"
    out = [
        *_of_the_body(felt),
        *more,
        "Each pulse is taken alone: summation, adaptation and fading over a train are left out; the rate enters only"
        " the perceived intensity and the output limits.",
        "Skin impedance is constant; breakdown at high voltage, drying and lift-off are left out.",
        "A-delta fibres lose their myelin below the dermis and go on as one bare axon without channels; its branches,"
        " and C fibres, are left out.",
        "The criterion for pain (half of the thin fibres) is a choice; central processing of pain is left out.",
        f"Changes with conductivity are simulated one tissue at a time under the {over} and added up.",
    ]
    out += [
        f"From {100 * share:.0f} % of the {kind} endings under the {pad} pad no current up to 2 A sends a spike"
        " inwards; they count as silent."
        for (kind, pad), share in felt.library.silent_share.items()
        if share >= 0.01
    ]
    if getattr(felt.library.limb, "skin_model", "") == "lumped":
        out.insert(
            0,
            "The skin is lumped: fit for muscle and trunks only. Tingling and pain come out many times too low; use"
            " skin_model = 'resolved' for them.",
        )
    return out


def citations(rows: tuple[str, ...]) -> list[dict[str, Any]]:
    """The sources of the rows used, each once, with what it was used for."""
    used: dict[str, set[str]] = {}
    for key in dict.fromkeys(rows):
        for name in row(key).sources:
            used.setdefault(name, set()).add(_used_for(key.partition(".")[0]))
    return [
        {
            "key": key,
            "text": source(key).text,
            "doi": source(key).fields.get("doi"),
            "used_for": ", ".join(sorted(uses)),
        }
        for key, uses in sorted(used.items())
    ]
