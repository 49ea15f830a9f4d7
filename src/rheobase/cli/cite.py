"""``rheobase cite``: the papers behind a result."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

from rheobase.errors import RheobaseError

HELP = "print the sources of a result, or all of them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument(
        "scenario", nargs="?", metavar="NAME|FILE.toml", help="a scenario that was run; all sources if left out"
    )
    parser.add_argument("--bibtex", action="store_true", help="print BibTeX")


def main(given: argparse.Namespace) -> int:
    """Print the entries."""
    from rheobase.tables import source, sources

    used = _used(given.scenario) if given.scenario else {key: "" for key in sources()}
    for key, purpose in used.items():
        entry = source(key)
        if given.bibtex:
            fields = "".join(f"  {name} = {{{value}}},\n" for name, value in entry.fields.items())
            print(f"@{entry.kind}{{{key},\n{fields}}}\n")
        else:
            note = f" [{purpose}]" if purpose else ""
            print(
                textwrap.fill(
                    f"{entry.text}{note}", 100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
                )
            )
    return 0


def _used(name: str) -> dict[str, str]:
    from rheobase.io.cache import known_result
    from rheobase.io.results import read_result
    from rheobase.io.scenario import load_scenario

    scenario = load_scenario(name)
    result: dict[str, Any] | None = known_result(scenario)
    if result is None:
        written = Path("rheobase-out") / scenario.name / "result.json"
        if not written.exists():
            raise RheobaseError(f"There is no result of '{name}' yet. Run it first: rheobase run {name}")
        result = read_result(written)
    return {c["key"]: c.get("used_for", "") for c in result.get("citations", ())}
