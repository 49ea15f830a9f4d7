"""The answer as one picture: a scale in mA with what happens where."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rheobase.report._canvas import FONT_PX, PAINT, paint, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import band, limit_mA, number

_ROW_PX, _HEAD_PX = 50, 66
_BAR_PX = 36
_LETTER_PX, _SMALL_LETTER_PX = 8.2, 6.8
_BAR_PX_TOP = -25.0


def _grows(verdict: dict[str, Any]) -> bool:
    """Whether a hard limit applies and its figure grows with the amplitude; the open-circuit voltage does not."""
    fixed = verdict.get("quantity") == "open_circuit_V" or verdict.get("verdict") == "not applicable"
    return verdict.get("bound") == "max" and not fixed


def lowest_limit(result: Result) -> tuple[float, dict[str, Any]] | None:
    """The output limit that is reached first when the amplitude is raised, and the amplitude where it is."""
    safety = result.get("safety") or {}
    amplitude_mA = safety.get("amplitude_mA")
    if not amplitude_mA:
        return None
    at = [(limit_mA(v, amplitude_mA), v) for v in safety.get("verdicts", ()) if _grows(v)]
    known = [(a, v) for a, v in at if a is not None]
    return min(known, key=lambda pair: pair[0]) if known else None


def _draw(result: Result, width_px: float) -> Figure:
    events = result["events"]
    height_px = _HEAD_PX + _ROW_PX * len(events) + 46
    figure, (axes,) = sheet(width_px, height_px, left=10, right=14, top=4, bottom=44)
    right_mA, limit = _reach(result)
    axes.set_xlim(0, right_mA)
    axes.set_ylim(-(_ROW_PX * len(events)), _HEAD_PX)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(8 if width_px > 480 else 5))
    axes.set_xlabel("amplitude of one phase (mA)")
    _window(axes, result, -_ROW_PX * len(events))
    for row, event in enumerate(events):
        _event(axes, event, -_ROW_PX * row, right_mA, width_px - 24)
    amplitude_mA = (result.get("safety") or {}).get("amplitude_mA")
    scale = right_mA / (width_px - 24), len(events)
    if amplitude_mA:
        _line(axes, amplitude_mA, limit, 20, f"set to {number(amplitude_mA)} mA", PAINT["ink"], "-", scale)
    if limit is not None:
        dashes = (0, (4, 3))
        _line(axes, limit, amplitude_mA, 2, f"first output limit {number(limit)} mA", PAINT["soft"], dashes, scale)
    return figure


def _reach(result: Result) -> tuple[float, float | None]:
    """Right end of the scale, and the limit if it lies near enough to be shown."""
    seen = [v for e in result["events"] for v in e["amplitude_mA"].values() if v is not None]
    seen.append((result.get("safety") or {}).get("amplitude_mA") or 0.0)
    end_mA = max(seen) * 1.06
    found = lowest_limit(result)
    if found and found[0] <= 1.6 * end_mA:
        return max(end_mA, found[0] * 1.06), found[0]
    return end_mA, None


def _window(axes: Axes, result: Result, low: float) -> None:
    window = result.get("window_mA") or {}
    start, end = window.get("from"), window.get("to")
    if start is None or end is None or end <= start:
        return
    axes.fill_between([start, end], low, 40, color=PAINT["window"], linewidth=0, zorder=0)
    text = f"comfortable {number(start)}–{number(end)} mA"
    axes.plot([start, end], [40, 40], color=PAINT["ink"], linewidth=3, solid_capstyle="butt")
    axes.text(start, 46, text, ha="left", va="bottom", fontsize=FONT_PX)


def _event(axes: Axes, event: dict[str, Any], y: float, right_mA: float, wide_px: float) -> None:
    a, colour = event["amplitude_mA"], paint(event["kind"])
    bar_y = y - _BAR_PX
    low, high = a.get("p5"), a.get("p95")
    middle = a["median"] if a.get("median") is not None else a.get("nominal")
    if low is not None and high is not None:
        axes.fill_between([low, high], bar_y - 7, bar_y + 7, color=colour, alpha=0.45, linewidth=0)
    if middle is not None:
        axes.plot([middle, middle], [bar_y - 10, bar_y + 10], color=colour, linewidth=4, solid_capstyle="butt")
    text = f"{event['plain']} at {band(a)} mA"
    start = low if low is not None else (middle or 0)
    # Words begin with their bar, unless they would run off the sheet.
    start = max(0, min(start, right_mA - len(text) * _LETTER_PX * right_mA / wide_px))
    axes.text(start, bar_y + 12, text, weight="bold", va="bottom", color=paint(event["kind"], text=True))


def _line(
    axes: Axes,
    at_mA: float,
    other_mA: float | None,
    y: float,
    text: str,
    colour: str,
    style: Any,
    scale: tuple[float, int],
) -> None:
    """A vertical line that makes way for the words above each bar; its own words stand away from the other line."""
    mA_per_px, rows = scale
    ends = [(y + 14, -8.0)] + [(_BAR_PX_TOP - _ROW_PX * row, -8.0 - _ROW_PX * (row + 1)) for row in range(rows)]
    for top, low in ends:
        axes.plot(
            [at_mA, at_mA], [top, low], color=colour, linewidth=1.5, linestyle=style, zorder=3, solid_capstyle="butt"
        )
    wide_mA = (len(text) * _SMALL_LETTER_PX + 8) * mA_per_px
    room_left, room_right = at_mA > wide_mA, at_mA + wide_mA < axes.get_xlim()[1]
    left = room_left and (not room_right or (other_mA is not None and at_mA < other_mA))
    axes.annotate(
        text, (at_mA, y), xytext=(-5 if left else 5, 0), textcoords="offset points", ha="right" if left else "left",
        va="bottom", fontsize=FONT_PX - 1,
    )  # fmt: skip


def _caption(result: Result) -> str:
    text = (
        "Bars hold 90 % of people, the stroke in each is the median; where bars overlap, people differ in what"
        " comes first."
    )
    found = lowest_limit(result)
    if found and _reach(result)[1] is None:
        text += f" The first output limit ({found[1]['plain']}) lies off the scale, at {number(found[0])} mA."
    return text


def _table(result: Result) -> Table:
    head = ("event", "fibres", "nominal (mA)", "median (mA)", "5 % (mA)", "95 % (mA)")
    rows = []
    for event in result["events"]:
        a = event["amplitude_mA"]
        rows.append((event["plain"], event["kind"], *(a.get(k) for k in ("nominal", "median", "p5", "p95"))))
    return head, rows


OVERVIEW = Picture(id="overview", title="", needs=("events",), draw=_draw, caption=_caption, table=_table)
