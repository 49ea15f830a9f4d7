"""``rheobase validate``: ours beside published figures."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rheobase.cli._text import columns, progress, styled

HELP = "compare with published and reference data"

_VERDICTS = ("within", "outside", "not comparable", "not built")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one comparison; all of them if left out")
    parser.add_argument(
        "--reference", type=Path, metavar="FILE", help="compare with a reference file of your own (JSON)"
    )
    parser.add_argument("--json", action="store_true", help="print one object: rows and summary")


def main(given: argparse.Namespace) -> int:
    """Compare, print, and return 1 if a row is outside its tolerance."""
    from rheobase.io.results import plain
    from rheobase.validation import validate  # type: ignore[attr-defined]

    with progress(quiet=given.json) as show:
        rows = plain(validate(given.name, given.reference, show))
    summary = {verdict: 0 for verdict in _VERDICTS} | Counter(row["verdict"] for row in rows)
    if given.json:
        print(json.dumps({"rows": rows, "summary": summary}, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(table(rows)))
        print("\n" + ", ".join(f"{count} {verdict}" for verdict, count in summary.items() if count))
    return 1 if summary["outside"] else 0


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows as aligned lines.

    Examples
    --------
    >>> row = dict(name="tau", published=665, ours=611.4, unit="us", tolerance=0.05, verdict="outside", source="M 1996")
    >>> table([row])[1]
    'tau         665   611  µs    ±5 %       outside  M 1996'
    """
    from rheobase.report.words import number, percent, unit

    body = []
    for row in rows:
        given = row.get("tolerance")
        tolerance = f"±{percent(given)}" if isinstance(given, int | float) else str(given or "")
        figures = (number(row.get("published")), number(row.get("ours")), unit(str(row.get("unit") or "")))
        body.append((str(row["name"]), *figures, tolerance, str(row["verdict"]), str(row.get("source", ""))))
    head, *lines = columns(("name", "published", "ours", "unit", "tolerance", "verdict", "source"), body, right=(1, 2))
    words = [(line, str(row["verdict"])) for line, row in zip(lines, rows, strict=True)]
    return [head, *(line.replace(f" {w}", f" {styled(w, w)}", 1) if styled(w, w) != w else line for line, w in words)]
