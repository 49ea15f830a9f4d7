"""One comparison as a row, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rheobase.tables import Row, source

Progress = Callable[[float], None]
RowDict = dict[str, Any]
VERDICTS = ("within", "outside", "not comparable", "not built")
_OWN = "rheobase_notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group of comparisons that share a set-up and run together.

    Parameters
    ----------
    name : str
        What to ask for on the command line.
    about : str
        One line for people.
    run : callable
        Takes a function that is told the share done, and gives the rows.
    """

    name: str
    about: str
    run: Callable[[Progress], list[RowDict]]


def cited(published: Row) -> str:
    """Sources of a published value in one short phrase."""
    parts = []
    for key in published.sources:
        if key == _OWN:
            parts.append("independent program" if published.confidence == "computed" else "Rheobase, chosen")
            continue
        fields = source(key).fields
        words = fields.get("author", fields["title"]).split(",")[0].split(":")[0].split(" and ")[0].split()
        author = " ".join(words[:-1] if len(words) > 1 and words[-1].isupper() else words)
        parts.append(f"{author} {fields['year']}" if "year" in fields else author)
    return "; ".join(parts)


def _row(
    name: str, published: Row, said: Any, ours: Any, unit: str, tolerance: Any, verdict: str, note: str
) -> RowDict:
    if published.confidence == "recalled" and verdict in ("within", "outside"):
        verdict = "not comparable"  # a figure from memory is shown, never judged by
        note = f"{note} Recalled, not read in a source." if note else "Recalled, not read in a source."
    return {
        "name": name,
        "source": cited(published),
        "published": said,
        "ours": ours,
        "unit": unit,
        "tolerance": tolerance,
        "verdict": verdict,
        "confidence": published.confidence,
        "where": published.where,
        "note": note or published.note,
    }


def _number(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def near(
    name: str, published: Row, said: float, ours: float, *, unit: str, tolerance: float | None = None, note: str = ""
) -> RowDict:
    """Compare as a ratio: ours may differ by a share `tolerance` of the published value."""
    allowed = published["tolerance"] if tolerance is None else tolerance
    fine = bool(math.isfinite(ours) and abs(ours - said) <= allowed * abs(said) * (1 + 1e-9))
    return _row(name, published, float(said), _number(ours), unit, allowed, "within" if fine else "outside", note)


def apart(
    name: str, published: Row, said: float, ours: float, band: float, *, unit: str, shown: str = "", note: str = ""
) -> RowDict:
    """Compare as a difference: ours may lie so far from the published value, in its own unit."""
    fine = bool(math.isfinite(ours) and abs(ours - said) <= band * (1 + 1e-9))
    shown = shown or f"±{band:g}{f' {unit}' if unit else ''}"
    return _row(name, published, float(said), _number(ours), unit, shown, "within" if fine else "outside", note)


def inside(
    name: str, published: Row, low: float, high: float, ours: Iterable[float], *, unit: str, note: str = ""
) -> RowDict:
    """Compare with a range: every value of ours, rounded to the digits in which it is printed, must lie in it."""
    values = [float(v) for v in ours]
    digits = max(len(f"{v:g}".partition(".")[2]) for v in (low, high))
    fine = all(math.isfinite(v) and low <= round(v, digits) <= high for v in values)
    span = f"{min(values):.3g}–{max(values):.3g}" if len(values) > 1 else values[0]
    return _row(name, published, f"{low:g}–{high:g}", span, unit, "range", "within" if fine else "outside", note)


def at_most(name: str, published: Row, limit: float, ours: float, *, unit: str, note: str = "") -> RowDict:
    """Compare with a limit from above."""
    fine = bool(math.isfinite(ours) and ours <= limit)
    return _row(name, published, f"≤ {limit:g}", _number(ours), unit, "limit", "within" if fine else "outside", note)


def saying(name: str, published: Row, said: str, ours: str, *, kind: str = "sign", note: str = "") -> RowDict:
    """Compare a sign or an order told in words: both must say the same."""
    return _row(name, published, said, ours, "", kind, "within" if said == ours else "outside", note)


def aside(name: str, published: Row, said: Any, ours: Any, *, unit: str = "", note: str = "") -> RowDict:
    """Show side by side what cannot be judged; the note says why."""
    return _row(name, published, said, ours, unit, "", "not comparable", note)


def not_built(name: str, published: Row, said: Any, *, unit: str = "", note: str = "") -> RowDict:
    """List a comparison that Rheobase has no means for yet."""
    return _row(name, published, said, None, unit, "", "not built", note)
