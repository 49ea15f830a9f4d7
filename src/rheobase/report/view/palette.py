"""Colours of the picture: those of the report, read from its style sheet so that there is one place for them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

TINT = 0.55
"""Tissues are mixed with the paper by so much, as in every other figure of the report."""

# Word -> variable of the style sheet, and whether it is mixed with the paper.
WORDS = {
    "skin": ("skin", True), "fat": ("fat", True), "muscle": ("muscle", True), "bone": ("bone", True),
    "marrow": ("marrow", True), "tendon": ("grid", False), "blood": ("blood", False), "air": ("paper", False),
    "fluid": ("window", False), "cord": ("cord", False), "viscera": ("viscera", False), "septum": ("paper", False),
    "insulation": ("insulation", False), "idle": ("soft", True), "above": ("above", False),
    "below": ("below", False), "pad": ("pad", False), "line": ("ink", False), "soft": ("soft", True),
    "up": ("depolarised", False),
    "middle": ("rest", False), "down": ("hyperpolarised", False),
}  # fmt: skip


@cache
def variables(scheme: str) -> dict[str, str]:
    """The colour variables of the page in ``"light"`` or ``"dark"``.

    Examples
    --------
    >>> variables("light")["paper"]
    '#ffffff'
    """
    found = {}
    for name in ("report.css", "view/view.css"):
        text = files("rheobase.report").joinpath(*name.split("/")).read_text(encoding="utf-8")
        blocks = re.findall(r":root\s*{(.*?)}", text, re.DOTALL)
        for block in blocks[: 1 if scheme == "light" else 2]:
            found.update(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", block))
    return found


def rgb(word: str, scheme: str = "light") -> NDArray[np.float64]:
    """Red, green and blue, 0 to 1, of a word of the palette.

    Examples
    --------
    >>> rgb("pad").round(2).tolist()
    [0.29, 0.33, 0.39]
    """
    variable, tinted = WORDS[word]
    known = variables(scheme)
    own, paper = (np.array([int(known[v][i : i + 2], 16) for i in (1, 3, 5)]) / 255 for v in (variable, "paper"))
    return TINT * own + (1 - TINT) * paper if tinted else own


def drive_rgb(relative: NDArray[np.float64], scheme: str = "light") -> NDArray[np.float64]:
    """Colours of an activating function scaled to -1 to 1: through a light middle to either end."""
    middle, up, down = (rgb(w, scheme) for w in ("middle", "up", "down"))
    share = np.clip(np.abs(relative), 0.0, 1.0)[..., None]
    return middle + share * (np.where(np.asarray(relative)[..., None] > 0, up, down) - middle)
