"""What varies from body to body in one part of the body: the thickness of its fat, and conductivities."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from rheobase.anatomy import BodyPart, Forearm, LayeredLimb, MappedPart, muscle_thickness_mm
from rheobase.errors import ParameterError
from rheobase.montage import Montage
from rheobase.nerve import skin_endings_mm
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
_AROUND = 72
_FAT_STEP_MM = 0.25
_SPARE_MM = 0.2
Part = TypeVar("Part", bound=BodyPart)


def changed(limb: Part, **values: Any) -> Part:
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


def with_fat(limb: Part, fat_mm: float) -> Part:
    """The same limb with more or less fat about the same flesh: its girth grows by what the fat takes up.

    A forearm at the largest or smallest radius that its table allows keeps that radius, and flesh gives way.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    fat_mm : float
        Thickness of the fat at the usual place.

    Raises
    ------
    ParameterError
        If no such limb is possible, or the part has no parameter for its fat.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Thigh
    >>> with_fat(Forearm(), 8.0).radius_mm
    43.0
    >>> thick = with_fat(Thigh(), 11.7)
    >>> round(thick.layer_depth_mm("fat") - Thigh().layer_depth_mm("fat"), 1)
    6.0
    """
    more_mm = fat_mm - fat_of_mm(limb)
    if isinstance(limb, MappedPart):
        theta = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
        level = limb.along_mm_of(limb.data["frame"]["girth_share"])
        fat = limb.thickness_mm(theta, np.full(_AROUND, level))[limb.layer_names.index("fat")]
        more_mm *= float(fat.mean()) / fat_of_mm(limb)
    return _resized(limb, fat_mm, 2.0 * np.pi * more_mm)


def with_people_fat(limb: Part, fat_mm: float) -> Part:
    """The limb as it is in people who have more or less fat: its girth grows as that of measured people does.

    Girth and fat both grow with body mass index, and each spreads at a given index; the girth follows the line through
    them (`girth_per_ln_fat_mm`). It grows by less than the fat takes up, so that those with more fat have rather less
    flesh.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    fat_mm : float
        Thickness of the fat at the usual place.

    Raises
    ------
    ParameterError
        If no such limb is possible, or the part has no parameter for its fat.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> round(with_people_fat(Forearm(), 10.0).radius_mm, 1)
    41.7
    """
    return _resized(limb, fat_mm, girth_per_ln_fat_mm(limb) * float(np.log(fat_mm / fat_of_mm(limb))))


def girth_per_ln_fat_mm(limb: BodyPart) -> float:
    """Slope of the girth of measured people over the logarithm of their fat; 0 for a part sized for nobody.

    Both grow with body mass index. What is left of each at a given index is taken as independent of the other.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Thigh
    >>> round(girth_per_ln_fat_mm(Forearm())), round(girth_per_ln_fat_mm(Thigh()))
    (15, 48)
    """
    if isinstance(limb, MappedPart):
        name, sex = limb.data["frame"]["girth_of"].removesuffix("_relaxed"), limb.person.sex
    elif isinstance(limb, Forearm):
        name, sex = "forearm", "male"
    else:
        return 0.0
    measured, rule = row("people.army"), row("people.fat_rule")
    bmi_sd = measured[f"{sex}_bmi_median_kg_per_m2"] * measured[f"{sex}_bmi_sd_ln"]
    shared = (rule["per_bmi"] * bmi_sd) ** 2
    per_bmi_mm = row(f"people.size_{name}")[f"{sex}_per_bmi_mm"]
    return float(per_bmi_mm / rule["per_bmi"] * shared / (shared + rule["sd_ln"] ** 2))


def _resized(limb: Part, fat_mm: float, more_girth_mm: float) -> Part:
    if isinstance(limb, Forearm):
        p = row("forearm.size")
        radius = limb.radius_mm + more_girth_mm / (2.0 * np.pi)
        return changed(limb, fat_mm=fat_mm, radius_mm=min(max(radius, p["smallest_radius_mm"]), p["largest_radius_mm"]))
    if isinstance(limb, MappedPart):
        girth = limb.girth_mm(limb.along_mm_of(limb.data["frame"]["girth_share"]))
        return changed(limb, fat_mm=fat_mm, main_girth_mm=girth + more_girth_mm)
    return changed(limb, fat_mm=fat_mm)


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


def conductivity_ends(limb: Part, tissue: str) -> Part:
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
    if isinstance(limb, LayeredLimb):
        least, most = _room_of_layers_mm(limb, own)
    else:
        least, most = _room_of_part_mm(limb, montage, own)
    low, high = max(least, p["smallest_factor"] * own), min(most, p["largest_factor"] * own)
    if not low < own < high:
        raise ParameterError(
            f"fat_mm is {own:g} mm; a population about it needs room on both sides, between"
            f" {least:g} and {most:g} mm here. Choose a value inside."
        )
    return low, own, high


def _deepest_mm(skin_mm: float) -> float:
    """How deep the fascia must lie for the deepest skin fibre to end above it."""
    endings = [d for kind in ("A-beta", "A-delta") for d in skin_endings_mm(kind, skin_mm)]
    return max(endings) + row("branches.cutaneous_courses")["above_fascia_mm"] + _SPARE_MM


def _room_of_layers_mm(limb: Any, own: float) -> tuple[float, float]:
    p, table = row("sensation.varied_fat"), row("forearm.fat")
    muscle = muscle_thickness_mm(limb)
    # the fattest body keeps enough muscle for motor endings, the leanest enough skin and fat for the deepest ending
    kept = min(p["least_muscle_mm"], p["muscle_share"] * muscle)
    most = own
    for fat_mm in np.arange(own, table["largest_mm"] + 1e-9, _FAT_STEP_MM):
        with suppress(ParameterError):
            if muscle_thickness_mm(with_people_fat(limb, float(fat_mm))) >= kept:
                most = float(fat_mm)
    return max(table["smallest_mm"], _deepest_mm(limb.skin_mm) - limb.skin_mm), most


def _room_of_part_mm(limb: BodyPart, montage: Montage | None, own: float) -> tuple[float, float]:
    p = row("sensation.varied_fat")
    table = row(f"people.fat_{limb.data['frame']['fat_of']}") if isinstance(limb, MappedPart) else row("forearm.fat")
    least = table["smallest_mm"]
    for around, along in _places(montage):
        skin = limb.layer_depth_mm(limb.layer_names[0], around, along)
        here = limb.layer_depth_mm("fat", around, along) - skin
        least = max(least, (_deepest_mm(skin) - skin) * own / here)  # fat grows in proportion everywhere
    least = max(least, p["smallest_factor"] * own)
    return _possible_mm(limb, least, own), _possible_mm(limb, min(table["largest_mm"], p["largest_factor"] * own), own)


def _possible_mm(limb: BodyPart, fat_mm: float, own: float) -> float:
    """A thickness of fat, or the nearest to it on the way to the limb's own for which there is room."""
    for tried in range(_TRIES):
        wanted = own + (fat_mm - own) * _STEP**tried
        with suppress(ParameterError):
            return fat_of_mm(with_people_fat(limb, wanted))
    return own


def _places(montage: Montage | None) -> Sequence[tuple[float, float]]:
    """Angles and places at which fibres end under the pads."""
    shares = {s for kind in ("a_beta", "a_delta") for s in row(f"populations.{kind}")["place_share"]}
    pads = montage.pads if montage else ()
    return [(pad.around_deg, pad.along_mm + s * pad.extent_mm / 2) for pad in pads for s in np.sort(list(shares))]
