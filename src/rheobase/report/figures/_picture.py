"""What a figure is: how it is drawn, what to see in it, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Result = Mapping[str, Any]
Table = tuple[Sequence[str], Sequence[Sequence[Any]]]

NARROW_PX = 480
"""Below this width a figure stacks what stands side by side otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure of the report.

    Parameters
    ----------
    id, title : str
        Short name and heading.
    needs : tuple of str
        Parts of the result document without which it is left out.
    draw : callable
        ``draw(result, width_px)`` makes the figure.
    caption : callable
        One line that says what to see.
    table : callable
        Column heads and rows of the numbers behind it.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    draw: Callable[[Result, float], Figure]
    caption: Callable[[Result], str]
    table: Callable[[Result], Table]

    def has_data(self, result: Result) -> bool:
        """Whether the result holds what the figure needs."""
        for need in self.needs:
            part: Any = result
            for key in need.split("."):
                part = part.get(key) if isinstance(part, Mapping) else None
            if not part:
                return False
        return True
