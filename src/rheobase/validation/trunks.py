"""Straight fibres that run on beneath both pads."""

from __future__ import annotations

from functools import partial

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.tables import row
from rheobase.validation._bench import Probe, biphasic, monophasic, straight, uniform_mA
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, near

DIAMETER_UM = 10.0


def _run(tell: Progress) -> list[RowDict]:
    published, limb = row("published.straight_fibres"), Forearm()
    probes = [straight(limb, depth, DIAMETER_UM) for depth in published["depth_mm"]]
    both, one = uniform_mA(limb, probes, biphasic()), uniform_mA(limb, probes, monophasic())
    tell(0.4)
    rows = [
        near(f"straight 10 um, {depth:g} mm deep", published, want, ours, unit="mA")
        for depth, want, ours in zip(published["depth_mm"], published["threshold_mA"], both, strict=True)
    ]
    rows.append(
        apart(
            "biphasic over monophasic, straight",
            published,
            published["biphasic_over_monophasic"],
            float(np.mean(both / one)),
            published["band"],
            unit="",
        )
    )
    rows += _offset(limb)
    tell(0.6)
    return rows + _under_fat()


def _offset(limb: Forearm) -> list[RowDict]:
    published = row("published.node_offset")
    on = straight(limb, 15.0, DIAMETER_UM)
    shift = np.array([0.0, 0.0, on.fibre.kinds.length_um[0] / 2000.0])
    off = Probe(fibre=on.fibre, way_mm=on.way_mm - shift)
    ratio = float(np.divide(*uniform_mA(limb, [off, on], biphasic(), tolerance=1e-4)))
    return [near("nodes shifted by half an internode", published, published["threshold_ratio"], ratio, unit="")]


def _under_fat() -> list[RowDict]:
    published = row("published.straight_below_fascia")
    rows = []
    for i, fat in enumerate(published["fat_mm"]):
        limb = Forearm(fat_mm=fat)
        depths = (published["from_skin_mm"], limb.fascia_depth_mm + published["below_fascia_mm"])
        skin, fascia = uniform_mA(limb, [straight(limb, d, DIAMETER_UM) for d in depths], biphasic())
        here = partial(near, unit="mA")
        rows.append(here(f"straight, fat {fat:g}, 15 mm below the skin", published, published["from_skin_mA"][i], skin))
        rows.append(
            here(f"straight, fat {fat:g}, 8.5 mm below the fascia", published, published["below_fascia_mA"][i], fascia)
        )
    return rows


COMPARISON = Comparison(name="trunks", about="straight fibres beneath both pads", run=_run)
