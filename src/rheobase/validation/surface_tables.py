"""Every computed threshold of fibres that end under a pad: nine hundred cells, summed up by kind, fat and course."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rheobase.anatomy import Course, Forearm, cutaneous_course, fascia_depth_mm, motor_course
from rheobase.nerve import Fibre
from rheobase.tables import row
from rheobase.validation._bench import (
    REACH_MM,
    Probe,
    arriving,
    biphasic,
    on_course,
    tapered,
    under_pads,
    whole,
)
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, saying

KINDS = {"A-beta": "touch", "A-alpha": "motor", "A-delta": "thin"}
DEGENERATE = "axial_end"
_TAPERED_TAIL_MS = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One threshold of the tables and the fibre it belongs to; depth from the skin."""

    kind: str
    fat_mm: float
    diameter_um: float
    taper: str
    course: str
    ending_depth_mm: float
    along_mm: float
    threshold_mA: float
    far_end: bool

    def probe(self) -> Probe:
        """The fibre, built anew."""
        limb = Forearm(fat_mm=self.fat_mm)
        return on_course(limb, self._course(limb), self._fibre())

    def _fibre(self) -> Fibre:
        if self.taper:
            return tapered(self.taper, self.diameter_um)
        return whole(self.diameter_um, row("published.surface_tables")["a_delta_length_mm"])

    def _course(self, limb: Forearm) -> Course:
        e, z, fascia = self.ending_depth_mm, self.along_mm, fascia_depth_mm(limb)
        if self.kind == "A-alpha":
            return motor_course(limb, self.course, below_fascia_mm=e - fascia, along_mm=z)
        if self.kind == "A-delta" and self.course == "dermal_run":
            under, run = fascia - 0.3, row("published.surface_tables")["a_delta_run_mm"]
            return (e, z - run), (e, z), (under, z), (under, REACH_MM)
        return cutaneous_course(limb, self.course, ending_mm=e, along_mm=z)


@cache
def cells() -> tuple[Cell, ...]:
    """All cells of the tables."""
    place = files("rheobase.tables") / "reference" / "surface_thresholds.json"
    data = json.loads(place.read_text(encoding="utf-8"))
    return tuple(Cell(**dict(zip(data["columns"], values, strict=True))) for values in data["rows"])


def chosen(kind: str, *, fat_mm: float | None = None, thin: bool = False) -> list[Cell]:
    """Valid cells of one kind; `thin` picks the thinnest fibres, which depend on the window, or all but them."""
    thin_um = row("published.surface_tables")["thin_um"]
    return [
        c
        for c in cells()
        if c.kind == kind
        and not c.far_end
        and c.course != DEGENERATE
        and (c.diameter_um == thin_um) == thin
        and fat_mm in (None, c.fat_mm)
    ]


def ours_mA(these: Sequence[Cell], tail_ms: float | None = None) -> np.ndarray:
    """Our thresholds of cells of one kind."""
    p = row("published.surface_tables")
    tail = tail_ms or (p["window_ms"] if these[0].kind == "A-delta" else _TAPERED_TAIL_MS)
    planes = [under_pads(Forearm(fat_mm=c.fat_mm)) for c in these]
    return arriving(planes, [c.probe() for c in these], biphasic(tail_ms=tail)).threshold_mA


def summed_up(these: Sequence[Cell], ours: np.ndarray) -> list[RowDict]:
    """One row a kind, fat, course and place under the pad: middle and worst ratio of ours to theirs."""
    groups: dict[str, list[int]] = {}
    for i, c in enumerate(these):
        edge = " at the edge" if c.kind == "A-alpha" and c.along_mm > 45.0 else ""
        name = f"{KINDS[c.kind]} endings, fat {c.fat_mm:g}, {c.course.replace('_', ' ')}{edge}"
        groups.setdefault(name, []).append(i)
    ratio = ours / np.array([c.threshold_mA for c in these])
    return [_summary(f"{name}, {len(at)} cells", ratio[at]) for name, at in groups.items()]


def _summary(name: str, ratio: np.ndarray, note: str = "") -> RowDict:
    published = row("published.surface_tables")
    worst = float(ratio[np.argmax(np.abs(np.log(ratio)))])
    fine = abs(worst - 1.0) <= published["tolerance"]
    text = f"{np.median(ratio):.3f}, worst {worst:.3f}"
    shown = saying(name, published, "1", text, note=note)
    numbers = {"median_ratio": float(np.median(ratio)), "worst_ratio": worst}
    return shown | {"verdict": "within" if fine else "outside", "tolerance": published["tolerance"]} | numbers


def _run(tell: Progress) -> list[RowDict]:
    rows = []
    for done, kind in enumerate(KINDS):
        these = chosen(kind)
        rows += summed_up(these, ours_mA(these))
        tell((done + 1) / 4)
    rows += _thinnest()
    skipped = [c for c in cells() if c.course == DEGENERATE]
    rows.append(
        aside(
            f"motor endings, axial end, {len(skipped)} cells",
            row("published.surface_tables"),
            "1",
            None,
            note="A straight fibre that ends under the pad: 5 mm of pad shift change it 0.6 to 2.2 times.",
        )
    )
    return rows


def _thinnest() -> list[RowDict]:
    """Fibres of 1.5 um at 3.4 m/s need more than 4 ms to the node that is watched."""
    p = row("published.surface_tables")
    these = chosen("A-delta", thin=True)
    short, long_ = ours_mA(these), ours_mA(these, p["long_window_ms"])
    theirs = np.array([c.threshold_mA for c in these])
    name = f"thin endings of {p['thin_um']:g} um"
    return [
        _summary(
            f"{name}, {p['window_ms']:g} ms window, {len(these)} cells",
            short / theirs,
            note="Same window as the tables, in which such a spike cannot arrive: the figures are no thresholds.",
        ),
        aside(
            f"{name}, {p['long_window_ms']:g} ms window",
            p,
            f"{theirs.min():.0f}–{theirs.max():.0f}",
            f"{long_.min():.0f}–{long_.max():.0f}",
            unit="mA",
            note="With time for the spike to arrive (over 4 ms for 14 mm) the thresholds are several times lower.",
        ),
    ]


COMPARISON = Comparison(name="surface_tables", about="fibres that end under a pad, 900 computed thresholds", run=_run)
