"""``rheobase cache``: what is kept from earlier runs, and away with it."""

from __future__ import annotations

import argparse
import json

from rheobase.cli._text import columns

HELP = "list what is kept from earlier runs, or clear it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("action", nargs="?", choices=("list", "clear"), default="list", help="list if left out")
    parser.add_argument("--kind", metavar="KIND", help="clear fields or results only")
    parser.add_argument("--json", action="store_true", help="print one object")


def main(given: argparse.Namespace) -> int:
    """List or clear."""
    from rheobase.io.cache import cache_folder
    from rheobase.io.field_cache import cache_shelves, clear_cache

    if given.action == "clear":
        gone = clear_cache(given.kind)
        print(json.dumps({"removed": gone}) if given.json else f"{gone} files removed from {cache_folder()}")
        return 0
    shelves = [s for s in cache_shelves() if given.kind in (None, s.kind)]
    if given.json:
        rows = [{"kind": s.kind, "entries": s.entries, "size_bytes": s.size_bytes} for s in shelves]
        print(json.dumps({"folder": str(cache_folder()), "kinds": rows}, indent=1))
        return 0
    body = [(s.kind, str(s.entries), f"{s.size_bytes / 1e6:.1f}") for s in shelves]
    print("\n".join(columns(("kind", "entries", "MB"), body, right=(1, 2))))
    print(f"\nin {cache_folder()}")
    return 0
