"""Small pieces of HTML. Everything that comes from outside passes through `esc`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from rheobase.report.words import number

# "200 us" in a sentence is meant as 200 µs.
_MICRO = re.compile(r"(?<=\d )u(?=(?:s|m|A|V|C|W)\b)")


class Safe(str):
    """Text that is HTML already and must not be escaped again."""

    __slots__ = ()


def esc(value: Any) -> str:
    """Text made harmless, or a number as it is printed.

    Examples
    --------
    >>> esc("<b>"), esc(1.25)
    ('&lt;b&gt;', '1.25')
    """
    if isinstance(value, Safe):
        return value
    if isinstance(value, int | float) or value is None:
        return number(value)
    return escape(_MICRO.sub("µ", str(value)), quote=True)


def rows(head: Sequence[str], body: Sequence[Sequence[Any]], *, stack: bool = False) -> str:
    """A table; numbers stand to the right, and on a phone the rows of a `stack` table become small cards."""
    numeric = [_is_number(column) for column in zip(*body, strict=True)] if body else [False] * len(head)
    cls = ['class="num"' if n else "" for n in numeric]
    heads = "".join(f"<th {c} scope=col>{esc(h)}</th>" for h, c in zip(head, cls, strict=True))
    lines = []
    for row in body:
        cells = []
        for i, value in enumerate(row):
            tag, label = (
                ("th scope=row", "") if stack and i == 0 else ("td", f' data-head="{esc(head[i])}"' if stack else "")
            )
            cells.append(f"<{tag} {cls[i]}{label}>{esc(value)}</{tag.split()[0]}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    kind = ' class="stack"' if stack else ""
    table = f"<table{kind}><thead><tr>{heads}</tr></thead>\n<tbody>{chr(10).join(lines)}</tbody></table>"
    return f'<div class="scroll">{table}</div>'.replace("<th  ", "<th ").replace("<td >", "<td>")


def behind(head: Sequence[str], body: Sequence[Sequence[Any]]) -> str:
    """The data of a figure, folded away."""
    return f"<details><summary>Data</summary>{rows(head, body)}</details>"


def section(title: str, *content: str, anchor: str) -> str:
    """A part of the page under its heading; nothing at all if there is no content."""
    inside = "\n".join(c for c in content if c)
    return f'<section id="{anchor}"><h2>{esc(title)}</h2>\n{inside}</section>' if inside else ""


def bullets(items: Sequence[Any]) -> str:
    """A list of sentences."""
    return f"<ul>{''.join(f'<li>{esc(i)}</li>' for i in items)}</ul>" if items else ""


def paragraphs(items: Sequence[Any]) -> str:
    """Sentences as paragraphs."""
    return "".join(f"<p>{esc(i)}</p>" for i in items)


def _is_number(column: Sequence[Any]) -> bool:
    known = [v for v in column if v is not None]
    return bool(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)
