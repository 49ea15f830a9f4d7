"""``rheobase scenarios``: what there is to run."""

from __future__ import annotations

import argparse
import json

from rheobase.cli._text import columns

HELP = "list the built-in scenarios"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("--json", action="store_true", help="print name, modality and summary as JSON")


def main(given: argparse.Namespace) -> int:
    """Print the list."""
    from rheobase.io.scenario import scenario_summaries

    known = scenario_summaries()
    if given.json:
        print(json.dumps(known, indent=1, ensure_ascii=False))
    else:
        body = [(s["name"], s["modality"], s["summary"]) for s in known]
        print("\n".join(columns(("name", "modality", "what"), body)))
    return 0
