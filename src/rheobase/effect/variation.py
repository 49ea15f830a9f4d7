"""What varies from body to body in one part of the body: the thickness of its fat, and conductivities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, MappedPart
from rheobase.errors import ParameterError
from rheobase.montage import Montage
from rheobase.tables import row

_ACROSS, _ALONG = "sigma_transverse_S_per_m", "sigma_axial_S_per_m"
_RANGES = {
    "fat": ("fat", "tissues.fat", "tissues.fat_high", {"fat_S_per_m": _ALONG}),
    "muscle": (
        "muscle", "tissues.muscle", "tissues.muscle_in_vivo",
        {"muscle_transverse_S_per_m": _ACROSS, "muscle_axial_S_per_m": _ALONG},
    ),
    "dermis": ("skin", "tissues.dermis", "tissues.dermis_high", {"dermis_S_per_m": _ALONG}),
}  # fmt: skip
TISSUES = tuple(_RANGES)
_TRIES, _STEP = 24, 0.95


def changed(limb: BodyPart, **values: Any) -> BodyPart:
    """The same body part with other values of its parameters.

    Parameters
    ----------
    limb : BodyPart
        The part.
    **values
        Parameters to change, such as ``fat_mm=8.0``.

    Raises
    ------
    ParameterError
        If the part has no such parameter, or the values are impossible.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> changed(Forearm(), fat_mm=8.0).fat_mm
    8.0
    """
    known = {f.name for f in fields(limb)} if is_dataclass(limb) else set()
    if missing := sorted(set(values) - known):
        raise ParameterError(
            f"A {type(limb).__name__} has no parameter {missing[0]}; virtual people differ in it. Use a Forearm or a"
            " part sized for a person, such as Thigh."
        )
    return replace(limb, **values)  # type: ignore[type-var]


def fat_of_mm(limb: BodyPart) -> float:
    """Thickness of the fat of a body part, at its usual place.

    Parameters
    ----------
    limb : BodyPart
        A forearm, or a part sized for a person.

    Raises
    ------
    ParameterError
        If the part has no parameter for its fat.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Knee
    >>> fat_of_mm(Forearm()), fat_of_mm(Knee())
    (5.0, 4.0)
    """
    given = getattr(limb, "fat_mm", None)
    if given is not None:
        return float(given)
    if isinstance(limb, MappedPart):
        return limb.person.fat_mm(limb.data["frame"]["fat_of"])
    raise ParameterError(
        f"A {type(limb).__name__} has no fat_mm; virtual people differ in it. Use a Forearm or a part sized for a"
        " person, such as Thigh."
    )


def fat_row(limb: BodyPart) -> str:
    """Table row of the spread of fat over people.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Knee
    >>> fat_row(Forearm()), fat_row(Knee())
    ('forearm.fat', 'people.fat_rule')
    """
    return "people.fat_rule" if isinstance(limb, MappedPart) else "forearm.fat"


def conductivity_ends(limb: BodyPart, tissue: str) -> BodyPart:
    """The limb with one tissue at the high end of its conductivity range.

    Parameters
    ----------
    limb : BodyPart
        At the low end.
    tissue : str
        ``"fat"``, ``"muscle"`` or ``"dermis"``.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> conductivity_ends(Forearm(), "fat").fat_S_per_m
    0.06
    """
    return changed(limb, **{name: high for name, (_, high) in conductivities(limb, tissue).items()})


def conductivities(limb: BodyPart, tissue: str) -> dict[str, tuple[float, float]]:
    """Low and high end by parameter of the limb: its own value, and that times the range in the table of tissues.

    Parameters
    ----------
    limb : BodyPart
        At the low end.
    tissue : str
        ``"fat"``, ``"muscle"`` or ``"dermis"``.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> {name: round(high, 3) for name, (_, high) in conductivities(Forearm(), "muscle").items()}
    {'muscle_transverse_S_per_m': 0.13, 'muscle_axial_S_per_m': 0.56}
    """
    layer, low, high, names = _RANGES[tissue]
    own = next(t for t in limb.tissues if t.name == layer)
    out = {}
    for name, key in names.items():
        here, tabled, top = getattr(own, key), row(low)[key], row(high)[key]
        out[name] = here, top if here == tabled else here * top / tabled
    return out


def fat_knots_mm(limb: BodyPart, montage: Montage | None = None) -> tuple[float, float, float]:
    """Three thicknesses of fat that span the population about a limb.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle.
    montage : Montage, optional
        Its pads; where fat is not the same everywhere, the skin fibres must end above the fascia under each.

    Raises
    ------
    ParameterError
        If there is no room on both sides of the limb's own fat.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> [round(f, 2) for f in fat_knots_mm(Forearm(fat_mm=5.0))]
    [2.25, 5.0, 11.0]
    """
    p, own = row("sensation.varied_fat"), fat_of_mm(limb)
    deepest = max(row("populations.a_delta")["ending_depth_mm"]) + row("branches.cutaneous_courses")["above_fascia_mm"]
    if isinstance(limb, LayeredLimb):
        least, most = _room_of_layers_mm(limb, own, deepest)
    else:
        least, most = _room_of_part_mm(limb, montage, own, deepest)
    low, high = max(least, p["smallest_factor"] * own), min(most, p["largest_factor"] * own)
    if not low < own < high:
        raise ParameterError(
            f"fat_mm is {own:g} mm; a population about it needs room on both sides, between"
            f" {least:g} and {most:g} mm here. Choose a value inside."
        )
    return low, own, high


def _room_of_layers_mm(limb: Any, own: float, deepest: float) -> tuple[float, float]:
    p, table = row("sensation.varied_fat"), row("forearm.fat")
    inside = limb.radius_mm - limb.skin_mm - row("forearm.bone")["bone_radius_mm"]
    # the fattest body keeps enough muscle for motor endings, the leanest enough skin and fat for the deepest ending
    most = min(table["largest_mm"], inside - min(p["least_muscle_mm"], p["muscle_share"] * (inside - own)))
    return max(table["smallest_mm"], deepest + 0.2 - limb.skin_mm), most


def _room_of_part_mm(limb: BodyPart, montage: Montage | None, own: float, deepest: float) -> tuple[float, float]:
    p = row("sensation.varied_fat")
    table = row(f"people.fat_{limb.data['frame']['fat_of']}") if isinstance(limb, MappedPart) else row("forearm.fat")
    least = table["smallest_mm"]
    for around, along in _places(montage):
        skin = limb.layer_depth_mm(limb.layer_names[0], around, along)
        here = limb.layer_depth_mm("fat", around, along) - skin
        least = max(least, (deepest + 0.2 - skin) * own / here)  # fat grows in proportion everywhere
    most = min(table["largest_mm"], p["largest_factor"] * own)
    for _ in range(_TRIES):  # the fattest body must still have room for its bones
        try:
            changed(limb, fat_mm=most)
        except ParameterError:
            most *= _STEP
        else:
            break
    return least, most


def _places(montage: Montage | None) -> Sequence[tuple[float, float]]:
    """Angles and places at which fibres end under the pads."""
    shares = {s for kind in ("a_beta", "a_delta") for s in row(f"populations.{kind}")["place_share"]}
    pads = montage.pads if montage else ()
    return [(pad.around_deg, pad.along_mm + s * pad.extent_mm / 2) for pad in pads for s in np.sort(list(shares))]
