"""The drawing board: one look for all figures, colours that follow light and dark, SVG that is the same each time.

Figures are drawn with placeholder colours, which become CSS variables in the SVG; the page decides what they look like.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Name -> placeholder. One colour means one thing in every figure; "-text" is the same hue, dark enough to be read.
_NAMES = (
    "ink", "soft", "grid", "paper", "pad", "window",
    "abeta", "abeta-text", "aalpha", "aalpha-text", "adelta", "adelta-text", "c", "c-text",
    "skin", "fat", "muscle", "bone", "marrow", "nerve",
    "limp", "limp-text", "surface", "surface-text", "cuff", "cuff-text", "bone-solid",
)  # fmt: skip
PAINT = {name: f"#{0x1B + 7 * i:02x}{0xC3 - 5 * i:02x}{0x3D + 3 * i:02x}" for i, name in enumerate(_NAMES)}

FONT_PX = 13
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rheobase",
    "font.family": "DejaVu Sans",
    "font.size": FONT_PX,
    "figure.dpi": 72,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PAINT["soft"],
    "axes.linewidth": 1,
    "axes.labelcolor": PAINT["ink"],
    "axes.labelsize": FONT_PX,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "text.color": PAINT["ink"],
    "xtick.color": PAINT["soft"],
    "ytick.color": PAINT["soft"],
    "xtick.labelcolor": PAINT["ink"],
    "ytick.labelcolor": PAINT["ink"],
    "xtick.labelsize": FONT_PX - 1,
    "ytick.labelsize": FONT_PX - 1,
    "axes.unicode_minus": True,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "path.simplify": True,
}


def paint(kind: str, text: bool = False) -> str:
    """Colour of a fibre kind, a tissue or a part of the page.

    Examples
    --------
    >>> paint("A-beta") == PAINT["abeta"]
    True
    """
    name = kind.lower().replace("-", "") if kind.startswith(("A-", "C")) else kind
    if "bone" in name:
        name = "bone"
    if text and f"{name}-text" in PAINT:
        name = f"{name}-text"
    return PAINT.get(name, PAINT["soft"])


@contextmanager
def look() -> Iterator[None]:
    """Draw in the common look, whatever the user's own matplotlib settings are."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast(Any, _STYLE))
        yield


def sheet(
    width_px: float,
    height_px: float,
    *,
    rows: int = 1,
    left: float = 52,
    right: float = 12,
    top: float = 12,
    bottom: float = 44,
    gap: float = 34,
) -> tuple[Figure, list[Axes]]:
    """An empty figure with axes one above the other; margins and the gap between axes in px."""
    figure = Figure(figsize=(width_px / 72, height_px / 72))
    FigureCanvasSVG(figure)
    tall = (height_px - top - bottom - gap * (rows - 1)) / max(rows, 1)
    axes = []
    for row in range(rows):
        low = bottom + (rows - 1 - row) * (tall + gap)
        box = (left / width_px, low / height_px, (width_px - left - right) / width_px, tall / height_px)
        axes.append(figure.add_axes(box))
    return figure, axes


def grid(axes: Axes, axis: str = "y") -> None:
    """Draw faint lines at the ticks of one axis, or of ``"both"``."""
    axes.grid(True, axis=axis, color=PAINT["grid"], linewidth=1)  # type: ignore[arg-type]
    axes.tick_params(length=0 if axis == "both" else 3)


def svg(figure: Figure, name: str, label: str) -> str:
    """The figure as SVG text to stand inside a page.

    Parameters
    ----------
    figure : Figure
        A figure of `sheet`.
    name : str
        Short name, unique in the page; every id in the SVG begins with it.
    label : str
        What the figure shows, for those who cannot see it; already escaped.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'((?:xlink:)?href="|url\()#', rf"\g<1>#{name}-", text)
    text = re.sub(r"font: (?:[a-z0-9]+ )*?([\d.]+)px [^;\"]+", r"font-size: \1px", text)
    text = re.sub(r" font-family: [^;\"]+;?", "", text)
    for key, colour in PAINT.items():
        text = text.replace(colour, f"var(--{key})")
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)[0]
    head = f'<svg role="img" aria-label="{label}" viewBox="0 0 {width} {height}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return re.sub(r"\n\s*", "\n", head + text[text.index(">") + 1 :]).strip()
