"""No spike may start where a model fibre was cut."""

from __future__ import annotations

from rheobase.anatomy import Forearm
from rheobase.effect.virtual import pad_grids
from rheobase.field import solve_field
from rheobase.montage import pad_pair
from rheobase.nerve import Status, ending_thresholds
from rheobase.tables import row
from rheobase.validation._bench import biphasic
from rheobase.validation._rows import Comparison, Progress, RowDict, at_most


def _run(tell: Progress) -> list[RowDict]:
    limb, published = Forearm(), row("published.far_ends")
    pads = pad_pair(limb)
    endings = [e for grid in pad_grids(limb, pads).values() for e in grid.endings()]
    pulse = biphasic(tail_ms=row("populations.grid")["tail_ms"])
    found = ending_thresholds(limb, solve_field(limb, pads), endings, pulse, progress=tell)
    at_end = int((found.status == Status.END_EXCITATION).sum())
    counts = ", ".join(f"{n} {name.lower().replace('_', ' ')}" for name, n in found.counts().items())
    return [
        at_most(f"spikes that start at a cut end, {len(endings)} fibres", published, published["count"], at_end,
                unit="", note=f"{counts}.")
    ]  # fmt: skip


COMPARISON = Comparison(name="far_ends", about="spikes that start where a model fibre was cut", run=_run)
