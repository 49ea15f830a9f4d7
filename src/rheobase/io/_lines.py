"""Where a key stands in a TOML file, so that a complaint can name its line."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[+\s*([^\[\]]+?)\s*\]+")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    r"""Line numbers of the keys and table headers of a TOML text.

    The parser of the standard library forgets them, and a message without a line is half a message.

    Parameters
    ----------
    text : str
        The TOML text.

    Returns
    -------
    dict
        Path of the key, such as ``("pads", "width_mm")``, to its line number, counted from 1.

    Examples
    --------
    >>> key_lines("[pads]\nwidth_mm = 50")
    {('pads',): 1, ('pads', 'width_mm'): 2}
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    inside_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        was_inside = inside_text
        if (line.count('"""') + line.count("'''")) % 2:
            inside_text = not inside_text
        if was_inside:
            continue
        if header := _HEADER.match(line):
            table = _path(header[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(table + _path(key[1]), number)
    return found


def line_of(path: Sequence[object], lines: dict[tuple[str, ...], int]) -> int | None:
    """Line of a key, or of the nearest table around it.

    Examples
    --------
    >>> line_of(("pads", "shape"), {("pads",): 7})
    7
    """
    parts = tuple(str(p) for p in path)
    while parts:
        if parts in lines:
            return lines[parts]
        parts = parts[:-1]
    return None


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
