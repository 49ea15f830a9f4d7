"""Trends that are read in people: thickness of fat and size of the pads."""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.electrode import Pad
from rheobase.montage import Montage
from rheobase.tables import row
from rheobase.validation._bench import (
    PAD_MM,
    arriving,
    biphasic,
    pads_on,
    straight,
    under_pads,
    uniform_mA,
)
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, near, saying
from rheobase.validation.endings import tapered_mA, tapered_motor, tapered_skin


def trend(values: np.ndarray) -> str:
    """Say whether values rise, fall, or do neither."""
    step = np.diff(values)
    return "rises" if (step > 0).all() else "falls" if (step < 0).all() else "neither"


def _run(tell: Progress) -> list[RowDict]:
    rows = _fat()
    tell(0.5)
    return rows + _pads()


def _fat() -> list[RowDict]:
    motor, skin = row("published.tapered_thinner_fat"), row("published.skin_under_fat")
    limbs = [Forearm(fat_mm=f) for f in motor["fat_mm"]]
    deep = np.array([tapered_mA(b, [tapered_motor(b, b.fascia_depth_mm + motor["below_fascia_mm"])])[0] for b in limbs])
    rows = [saying("motor threshold below the fascia, with more fat", motor, "rises", trend(deep))]
    for fat, want, ours in zip(motor["fat_mm"], motor["motor_ratio"], deep / deep[1], strict=True):
        rows.append(near(f"motor threshold, fat {fat:g} over 5 mm", motor, want, ours, unit=""))
    touch = np.array([tapered_mA(b, [tapered_skin(b, "vertical")])[0] for b in limbs])
    rows.append(saying("touch threshold, with more fat", skin, skin["trend"], trend(touch)))
    return rows


def _pads() -> list[RowDict]:
    deep, skin = row("published.pad_size_nerve"), row("published.pad_size_skin")
    limb, pulse = Forearm(), biphasic(tail_ms=1.6)
    nerve = [
        uniform_mA(limb, [straight(limb, deep["depth_mm"], 10.0)], pulse, montage=pads_on(limb, size_mm=s))[0]
        for s in deep["pad_mm"]
    ]
    touch = []
    for size in skin["pad_mm"]:
        probe = tapered_skin(limb, "vertical")
        touch.append(arriving([under_pads(limb, _across(size))], [probe], pulse).threshold_mA[0])
    note = (
        "People sum over all receptors under the pad, of which a larger pad has more; ours is one fibre under the"
        " centre, where a larger pad is weaker."
    )
    return [
        saying("threshold over a deep nerve, with larger pads", deep, deep["trend"], trend(np.array(nerve))),
        aside(
            "threshold over skin receptors, with larger small pads",
            skin,
            skin["trend"],
            trend(np.array(touch)),
            note=note,
        ),
    ]


def _across(diameter_mm: float) -> Montage:
    """Two round pads on opposite sides of the limb."""
    return Montage(
        pads=tuple(
            Pad(name=n, shape="round", diameter_mm=diameter_mm, along_mm=PAD_MM, around_deg=a, share=s)
            for n, a, s in (("volar", 0.0, 1.0), ("dorsal", 180.0, -1.0))
        )
    )


COMPARISON = Comparison(name="thickness", about="how thickness of fat and size of pads move thresholds", run=_run)
