"""Tables and emphasis for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Progress = Callable[[str, float], None]

_STYLES = {
    "bold": "1",
    "dim": "2",
    "within": "32",
    "outside": "31",
    "exceeded": "31",
    "attention": "33",
    "unconfirmed": "33",
}


def styled(text: str, style: str) -> str:
    """Emphasis, where stdout is a terminal and nobody asked for plain text (``NO_COLOR``).

    Examples
    --------
    >>> styled("within", "within")
    'within'
    """
    code = _STYLES.get(style)
    if code is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def columns(head: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table with aligned columns; those in `right` stand to the right.

    Examples
    --------
    >>> columns(("what", "mA"), [("a", "10.0"), ("b", "2.5")], right=[1])
    ['what    mA', 'a     10.0', 'b      2.5']
    """
    wide = [max(len(row[i]) for row in (head, *body)) for i in range(len(head))]
    lines = []
    for row in (head, *body):
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, wide, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress | None]:
    """A bar on stderr with the time left; None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars
    from rich.console import Console

    parts = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)
