"""No spike may start where a model fibre was cut."""

from __future__ import annotations

from rheobase.anatomy import Forearm
from rheobase.effect.virtual import fat_knots_mm, pad_grids
from rheobase.field import solve_field
from rheobase.montage import pad_pair
from rheobase.nerve import Status, ending_thresholds
from rheobase.tables import row
from rheobase.validation._bench import biphasic
from rheobase.validation._rows import Comparison, Progress, RowDict, at_most


def _run(tell: Progress) -> list[RowDict]:
    published = row("published.far_ends")
    pulse = biphasic(tail_ms=row("populations.grid")["tail_ms"])
    rows = []
    for fat in fat_knots_mm(Forearm()):
        limb = Forearm(fat_mm=fat)
        pads = pad_pair(limb)
        endings = [e for grid in pad_grids(limb, pads).values() for e in grid.endings()]
        found = ending_thresholds(limb, solve_field(limb, pads), endings, pulse)
        at_end = int((found.status == Status.END_EXCITATION).sum())
        counts = ", ".join(f"{n} {name.lower().replace('_', ' ')}" for name, n in found.counts().items())
        name = f"spikes that start at a cut end, fat {fat:g}, {len(endings)} fibres"
        rows.append(at_most(name, published, published["count"], at_end, unit="", note=f"{counts}."))
        tell(len(rows) / 3)
    return rows


COMPARISON = Comparison(name="far_ends", about="spikes that start where a model fibre was cut", run=_run)
