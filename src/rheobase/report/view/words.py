"""The picture in words and numbers: for those who cannot see it, and for those who want the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rheobase.report.view.nerves import Drive
from rheobase.report.view.scene import Scene
from rheobase.report.words import number

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]

_EVERY_MM = 5.0


def answer(scene: Scene) -> str:
    """What the picture shows, in a sentence or two with numbers."""
    pad = max(scene.field.montage.pads, key=lambda p: p.share)
    drive = next((d for d in scene.drives if d.name == scene.focus), None)
    if drive is None:
        return f"{scene.title}. No nerve of this model runs through the stretch that is shown."
    f, z = drive.activating_mV_per_mm2_per_mA, drive.points_mm[:, 2]
    best = int(np.argmax(f))
    under = int(np.argmin(np.abs(z - pad.along_mm)))
    return (
        f"The {_plain(drive.name)} nerve lies {number(float(drive.depth_mm[under]))} mm below the skin at the"
        f" {_plain(pad.name)} pad. Along it the leading phase pushes hardest towards firing"
        f" {_beside(float(z[best] - pad.along_mm), scene)} that pad's middle, by {number(float(f[best]))} mV/mm² for"
        " each mA."
    )


def alternative(scene: Scene) -> str:
    """The picture for those who cannot see it."""
    pads = ", ".join(lab.text for lab in scene.labels if lab.kind == "pad")
    nerves = ", ".join(_plain(d.name) for d in scene.drives)
    return (
        f"{scene.title}, cut open along the middle of the active pad and drawn to scale. From outside inwards:"
        f" {', '.join(scene.cut.layers)}, then what lies below. Pads: {pads}. Nerves as tubes: {nerves}."
        f" {answer(scene)} The tables below hold the numbers."
    )


def caption(scene: Scene) -> str:
    """How to read the picture, in one line."""
    return (
        "To scale but for nerves, which are drawn thicker than they are, and the thickness of pads. The wedge is cut"
        " through the middle of the active pad, whose missing part is outlined. Thin lines on the cut faces: equal"
        f" potential, every {number(scene.step_mV_per_mA)} mV per mA of the leading phase, dashed below zero, heavy at"
        " zero (the mean over the body part). Nerves: activating function, the second derivative of the potential along"
        " them (fitted over 20 mm); a fibre that runs straight on is depolarised where it is positive. Ends, bends and"
        " borders between tissues fire otherwise."
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
    """Pads: where they are and how large."""
    head = ("pad", "share of current", "along (mm)", "around (°)", "width (mm)", "length (mm)", "shape")
    return head, [
        (_plain(p.name), p.share, p.along_mm, round(p.around_deg, 1), p.around_mm, p.extent_mm, p.shape)
        for p in scene.field.montage.pads
    ]


def tissue_table(scene: Scene) -> Table:
    """Tissues: conductivities, and thickness of the layers under the active pad."""
    part = scene.field.anatomy
    pad = max(scene.field.montage.pads, key=lambda p: p.share)
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
    every = max(1, round(_EVERY_MM))
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
