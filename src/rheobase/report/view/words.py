"""The picture in words and numbers: for those who cannot see it, and for those who want the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rheobase.report.view.lines import EVEN
from rheobase.report.view.nerves import Drive, fitted_mm
from rheobase.report.view.scene import Scene
from rheobase.report.words import number

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]

_EVERY_MM = 5.0


def answer(scene: Scene) -> str:
    """What the picture shows, in a sentence or two with numbers."""
    pad = scene.seen.active
    drive = next((d for d in scene.drives if d.name == scene.focus), None)
    if drive is None:
        return f"{scene.title}. No nerve of this model runs through the stretch that is shown."
    f, z = drive.activating_mV_per_mm2_per_mA, drive.points_mm[:, 2]
    best = int(np.argmax(f))
    under = int(np.argmin(np.abs(z - pad.along_mm)))
    if scene.seen.implants:
        return (
            f"Along the {_plain(drive.name)} the leading phase pushes hardest towards firing"
            f" {_beside(float(z[best] - pad.along_mm), scene)} the middle of contact {_plain(pad.name)}, by"
            f" {number(float(f[best]))} mV/mm² for each mA."
        )
    return (
        f"The {_plain(drive.name)}{'' if 'root' in drive.name else ' nerve'} lies"
        f" {number(float(drive.depth_mm[under]))} mm below the skin at the"
        f" {_plain(pad.name)} pad. Along it the leading phase pushes hardest towards firing"
        f" {_beside(float(z[best] - pad.along_mm), scene)} that pad's middle, by {number(float(f[best]))} mV/mm² for"
        " each mA."
    )


def alternative(scene: Scene) -> str:
    """The picture for those who cannot see it."""
    pads = ", ".join(lab.text for lab in scene.labels if lab.kind == "pad")
    if scene.seen.implants:
        tissues = ", ".join(name for _, names in scene.tissues for name in names)
        return (
            f"{scene.title}, cut open along the middle of the active contact and drawn to scale. Tissues: {tissues}."
            f" Contacts: {pads}. Nerves as tubes: {', '.join(_plain(d.name) for d in scene.drives)}. {answer(scene)}"
            " The tables below hold the numbers."
        )
    nerves = ", ".join(_plain(d.name) for d in scene.drives)
    return (
        f"{scene.title}, cut open along the middle of the active pad and drawn to scale. From outside inwards:"
        f" {', '.join(scene.cut.layers)}, then what lies below. Pads: {pads}. Nerves as tubes: {nerves}."
        f" {answer(scene)} The tables below hold the numbers."
    )


def caption(scene: Scene) -> str:
    """How to read the picture, in one line."""
    return (
        f"{_scale_told(scene)} Thin lines on the cut faces: {lines_told(scene)}, dashed below zero, heavy at zero (the"
        " mean over the body). Nerves: activating function, the second derivative of the potential along them (fitted"
        f" over {number(fitted_mm(scene.cut))} mm); a fibre that runs straight on is depolarised where it is positive."
        " Ends, bends and borders between tissues fire otherwise."
    )


def lines_told(scene: Scene) -> str:
    """What the lines of equal potential stand for, also in mV where the amplitude is known."""
    step, even = scene.step_mV_per_mA, EVEN * scene.step_mV_per_mA
    told = (
        f"equal potential in mV per mA of the leading phase, every {number(step)} up to ±{number(even)}, then further"
        " apart"
    )
    if scene.amplitude_mA is None:
        return told
    return f"{told}; at {number(scene.amplitude_mA)} mA every {number(step * scene.amplitude_mA)} mV"


def level_told(level_mV_per_mA: float, amplitude_mA: float | None) -> str:
    """One level, as on the switch of its surface.

    Examples
    --------
    >>> level_told(-5.0, 12.0), level_told(2.0, None)
    ('−60 mV (−5 mV per mA at 12 mA)', '2 mV per mA')
    """
    each = f"{number(level_mV_per_mA)} mV per mA"
    if amplitude_mA is not None:
        each = f"{number(level_mV_per_mA * amplitude_mA)} mV ({each} at {number(amplitude_mA)} mA)"
    return each.replace("-", "−")


def _scale_told(scene: Scene) -> str:
    if scene.seen.implants:
        return (
            "To scale but for thin nerves, which are drawn thicker than they are. The wedge is cut through the middle"
            " of the active contact; bare metal is dark, contacts without current are lighter, insulation is grey."
        )
    return (
        "To scale but for nerves, which are drawn thicker than they are, and the thickness of pads. The wedge is cut"
        " through the middle of the active pad, whose missing part is outlined."
    )


def summary_table(scene: Scene) -> Table:
    """Strongest places of every nerve."""
    rows = []
    for d in scene.drives:
        f, z = d.activating_mV_per_mm2_per_mA, d.points_mm[:, 2]
        high, low = int(np.argmax(f)), int(np.argmin(f))
        rows.append(
            (_plain(d.name), *(round(float(v), 4) for v in (f[high], z[high], d.depth_mm[high], f[low], z[low])))
        )
    head = ("nerve", "largest (mV/mm² per mA)", "along (mm)", "depth (mm)", "smallest (mV/mm² per mA)", "along (mm)")
    return head, [(r[0], r[1], round(r[2], 1), round(r[3], 1), r[4], round(r[5], 1)) for r in rows]


def nerve_table(scene: Scene) -> Table:
    """Potential and activating function along the nerves."""
    head = ("nerve", "along (mm)", "depth (mm)", "potential (mV/mA)", "activating function (mV/mm² per mA)")
    return head, [row for d in scene.drives for row in _along(d)]


def pad_table(scene: Scene) -> Table:
    """Pads or contacts: where they are and how large."""
    head = ("pad", "share of current", "along (mm)", "around (°)", "width (mm)", "length (mm)", "shape")
    if scene.seen.implants:
        head = ("contact", "share of current", "along (mm)", "around (°)", "length (mm)")
        return head, [
            (_plain(s.name), s.share, round(s.along_mm, 2), round(s.around_deg, 1), s.extent_mm)
            for s in scene.seen.spots
        ]
    return head, [
        (_plain(p.name), p.share, p.along_mm, round(p.around_deg, 1), p.around_mm, p.extent_mm, p.shape)
        for p in scene.seen.pads
    ]


def tissue_table(scene: Scene) -> Table:
    """Tissues: conductivities, and thickness of the layers under the active pad."""
    part, pad = scene.seen.part, scene.seen.active
    at = np.array(np.deg2rad(pad.around_deg)), np.array(float(pad.along_mm))
    thick = dict(zip(part.layer_names, np.asarray(part.thickness_mm(*at)).tolist(), strict=True))
    head = ("tissue", "across fibres (S/m)", "along fibres (S/m)", "thickness under the pad (mm)")
    return head, [
        (
            _plain(t.name), t.sigma_transverse_S_per_m, t.sigma_axial_S_per_m,
            round(thick[t.name], 2) if t.name in scene.cut.layers else None,
        )
        for t in part.tissues
    ]  # fmt: skip


def _along(drive: Drive) -> list[tuple[Any, ...]]:
    z = drive.points_mm[:, 2]
    run = np.linalg.norm(np.diff(drive.points_mm[:2], axis=0))
    every = max(1, round(_EVERY_MM / max(float(run), 1.0)))
    return [
        (
            _plain(drive.name), round(float(z[i]), 1), round(float(drive.depth_mm[i]), 1),
            round(float(drive.potential_mV_per_mA[i]), 3), round(float(drive.activating_mV_per_mm2_per_mA[i]), 5),
        )
        for i in range(0, len(z), every)
    ]  # fmt: skip


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _beside(off_mm: float, scene: Scene) -> str:
    if abs(off_mm) < 2.0:
        return "at"
    words = ("below", "above") if scene.cut.upright else ("distal to", "proximal to")
    return f"{number(round(abs(off_mm)))} mm {words[int(off_mm > 0)]}"
