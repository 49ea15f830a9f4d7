"""``rheobase view``: a body part cut open, as a page to be turned and as a still."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rheobase.cli._text import progress
from rheobase.errors import ScenarioError

HELP = "draw a scenario or a body part cut open, to be turned in a browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument(
        "what", nargs="?", metavar="NAME|FILE.toml",
        help="a scenario, a body part such as thigh with its usual pads, or an implant: spine, nerve_in_cuff",
    )  # fmt: skip
    parser.add_argument("--out", metavar="DIR", help="folder for view.html and view.png (default: rheobase-out/NAME)")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], dest="overrides",
        help="change a value of the scenario (pads.width_mm=30) or of the body part (fat_mm=20); may be repeated",
    )  # fmt: skip
    parser.add_argument("--gallery", action="store_true", help="draw every body part and implant, with a page")
    parser.add_argument("--small", action="store_true", help="with --gallery: small pictures only, for documentation")
    parser.add_argument("--no-cache", action="store_true", help="solve the field anew, even if it is known")


def main(given: argparse.Namespace) -> int:
    """Draw and write."""
    from rheobase.cli.run import overrides
    from rheobase.io.files import check_folder, write_folder

    if given.gallery == (given.what is not None):
        raise ScenarioError(
            "view: name what to draw, such as 'rheobase view tens-forearm' or 'rheobase view thigh', or give --gallery"
            " alone for every body part."
        )
    if given.small and not given.gallery:
        raise ScenarioError("view: --small is for --gallery; leave it out for one picture.")
    changed = overrides(given.overrides)
    if given.gallery and changed:
        raise ScenarioError("view: --set cannot be given with --gallery; name one body part to change it.")
    name = "gallery" if given.gallery else Path(str(given.what)).stem
    folder = Path(given.out) if given.out else Path("rheobase-out") / name
    check_folder(folder)
    with progress() as show:
        make = _pictures if given.small else _gallery if given.gallery else _one
        files = write_folder(folder, make(given.what, changed, show, use_cache=not given.no_cache))
    print(f"Written to {folder}: {', '.join(files)}")
    return 0


def _one(what: str, changed: dict[str, Any], show: Any, *, use_cache: bool) -> dict[str, Callable[[Path], None]]:
    html, png, _ = _drawn(what, changed, show, use_cache=use_cache)
    return {"view.html": _writer(html.encode("utf-8")), "view.png": _writer(png)}


def _gallery(_: None, changed: dict[str, Any], show: Any, *, use_cache: bool) -> dict[str, Callable[[Path], None]]:
    from rheobase.report.view.gallery import gallery_page
    from rheobase.scenario.document import DISCLAIMER
    from rheobase.scenario.implants import IMPLANTS
    from rheobase.scenario.view import view_names

    files: dict[str, Callable[[Path], None]] = {}
    titles: dict[str, str] = {}
    left = () if find_spec("ngsolve") else tuple(IMPLANTS)
    names = tuple(n for n in view_names() if n not in left)
    for i, name in enumerate(names):
        part = (lambda what, share, i=i: show(what, (i + share) / len(names))) if show else None
        html, png, titles[name] = _drawn(name, changed, part, use_cache=use_cache)
        files[f"{name}.html"], files[f"{name}.png"] = _writer(html.encode("utf-8")), _writer(png)
    page = gallery_page(names, titles, left=left, disclaimer=DISCLAIMER)
    return {"index.html": _writer(page.encode("utf-8")), **files}


def _pictures(_: None, changed: dict[str, Any], show: Any, *, use_cache: bool) -> dict[str, Callable[[Path], None]]:
    from rheobase.report import view_png
    from rheobase.scenario.view import view_names, view_scene

    files: dict[str, Callable[[Path], None]] = {}
    names = view_names()
    for i, name in enumerate(names):
        if show:
            show(name, i / len(names))
        files[f"{name}.png"] = _writer(view_png(view_scene(name, use_cache=use_cache), small=True))
    return files


def _drawn(what: str, changed: dict[str, Any], show: Any, *, use_cache: bool) -> tuple[str, bytes, str]:
    from rheobase.report import view_html, view_png
    from rheobase.report.view import words
    from rheobase.scenario.document import DISCLAIMER
    from rheobase.scenario.view import view_notes, view_scene

    def say(doing: str, share: float) -> None:
        if show:
            show(f"{Path(what).stem}: {doing}", share)

    scene = view_scene(what, changed, progress=say, use_cache=use_cache)
    say("what the field leaves out", 0.6)
    scene = replace(scene, notes=view_notes(what))
    say("the still", 0.7)
    png = view_png(scene)
    say("the page", 0.95)
    return view_html(scene, still_png=png, disclaimer=DISCLAIMER), png, words.answer(scene)


def _writer(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
