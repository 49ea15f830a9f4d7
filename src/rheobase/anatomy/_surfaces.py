"""From the tables to the surfaces of one person's body part: skin, fat and fascia."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy.radial import Array, RadialMap
from rheobase.tables import Row

if TYPE_CHECKING:
    from rheobase.anatomy.mapped import MappedPart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surfaces:
    """Outline of the skin and thickness of skin and fat of one body part.

    Parameters
    ----------
    unit_mm : float
        Length that the shares of the tables are multiplied with.
    outline, skin, fat : RadialMap
        Radius of the skin, and the thickness of skin and fat.

    Examples
    --------
    Made by `surfaces_of`.

    >>> Surfaces.__name__
    'Surfaces'
    """

    unit_mm: float
    outline: RadialMap
    skin: RadialMap
    fat: RadialMap


def along_mm(part: MappedPart, shares: list[float]) -> Array:
    """Places along the axis from shares of the part's own length."""
    frame = part.data["frame"]
    return (np.array(shares, dtype=float) - frame["zero_share"]) * unit_mm(part)


def unit_mm(part: MappedPart) -> float:
    """Length that the shares of the tables are multiplied with."""
    frame = part.data["frame"]
    return part.person.size_mm(frame["length_of"]) * frame.get("length_factor", 1.0)


@lru_cache(maxsize=64)
def surfaces_of(part: MappedPart) -> Surfaces:
    """Surfaces of a body part, made once for each."""
    data = part.data
    outline = _outline(part, data)
    skin = _layer(part, data["skin"], part.thickness_of_skin_mm)
    fat = _layer(part, data["fat"], _fat_mm(part, outline))
    return Surfaces(unit_mm=unit_mm(part), outline=outline, skin=skin, fat=fat)


def _outline(part: MappedPart, data: Mapping[str, Row]) -> RadialMap:
    row, frame = data["outline"], data["frame"]
    shape = np.array(row["shape"], dtype=float)
    theta = np.arange(shape.shape[1]) * 2.0 * np.pi / shape.shape[1]
    deep = np.array(row["depth_to_breadth"], dtype=float)[:, None]
    if "breadth_of" in frame:
        measured = part.person.size_mm(frame["depth_of"]) / part.person.size_mm(frame["breadth_of"])
        deep = deep * measured
    ellipse = 1.0 / np.hypot(np.cos(theta) / deep, np.sin(theta))
    unscaled = RadialMap(along_mm=along_mm(part, row["along_share"]), value_mm=shape * ellipse)
    girths = _girths_mm(part, row) * _own_girth_factor(part, row)
    return unscaled.scaled(np.array([g / unscaled.girth_mm(z) for g, z in zip(girths, unscaled.along_mm, strict=True)]))


def _girths_mm(part: MappedPart, row: Row) -> Array:
    low, high = (part.named_girth_mm(name) for name in row["girth_of"])
    blend = np.array(row["blend"], dtype=float)
    return ((1.0 - blend) * low + blend * high) * np.array(row["girth_factor"], dtype=float)


def usual_girth_mm(part: MappedPart) -> float:
    """The part's main girth for this person, before any other is asked for."""
    return part.named_girth_mm(part.data["frame"]["girth_of"])


def _own_girth_factor(part: MappedPart, row: Row) -> float:
    return 1.0 if part.main_girth_mm is None else part.main_girth_mm / usual_girth_mm(part)


def _fat_mm(part: MappedPart, outline: RadialMap) -> float:
    """Fat of the person, but for a drawn person no more than the girth has room for."""
    if part.fat_mm is not None:
        return part.fat_mm
    frame = part.data["frame"]
    level = float(along_mm(part, [frame["girth_share"]])[0])
    room = frame["largest_fat_share"] * outline.girth_mm(level) / (2.0 * np.pi)
    return min(part.person.fat_mm(frame["fat_of"]), room)


def _layer(part: MappedPart, row: Row, thickness_mm: float) -> RadialMap:
    factor = np.array(row["factor"], dtype=float)
    return RadialMap(along_mm=along_mm(part, row["along_share"]), value_mm=factor * thickness_mm)
