"""``rheobase anatomies``: the body parts there are, and a page that shows them."""

from __future__ import annotations

import argparse
import json

from rheobase.cli._text import columns

HELP = "list the body parts, or draw them on a page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("name", nargs="*", metavar="NAME", help="which ones; all if left out")
    parser.add_argument("--page", metavar="FILE.html", help="write a page with sections, places for pads and nerves")
    parser.add_argument("--sex", choices=("female", "male"), default="male", help="who is drawn (male)")
    parser.add_argument("--bmi", type=float, default=25.0, metavar="KG/M2", help="body mass index (25)")
    parser.add_argument("--json", action="store_true", help="print names, nerves and sites as JSON")


def main(given: argparse.Namespace) -> int:
    """Print the list, or write the page."""
    from rheobase.anatomy import MappedPart, Person
    from rheobase.registry import get, members

    names = given.name or members("anatomies")
    person = Person(sex=given.sex, bmi_kg_per_m2=given.bmi)
    kinds = {name: get("anatomies", name) for name in names}
    parts = {n: k(person=person) if issubclass(k, MappedPart) else k() for n, k in kinds.items()}
    if given.page:
        from rheobase.report.gallery import write_gallery

        write_gallery(parts, given.page)
        print(given.page)
    elif given.json:
        print(json.dumps({n: {"nerves": [*p.nerves], "sites": [*p.sites]} for n, p in parts.items()}, indent=1))
    else:
        body = [
            (n, str(len(p.nerves)), str(len(p.sites)), (type(p).__doc__ or "").strip().splitlines()[0])
            for n, p in parts.items()
        ]
        print("\n".join(columns(("name", "nerves", "sites", "what"), body, right=(1, 2))))
    return 0
