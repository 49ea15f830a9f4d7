"""Whether a body part can be: what was asked for lies in range, and what it leads to does not clash."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy._contents import HARD, contents_of, may_cross
from rheobase.anatomy._surfaces import surfaces_of, usual_girth_mm
from rheobase.anatomy.inclusion import Inclusion
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

if TYPE_CHECKING:
    from rheobase.anatomy.mapped import MappedPart

_SIGMAS = ("fat_S_per_m", "dermis_S_per_m", "muscle_transverse_S_per_m", "muscle_axial_S_per_m")
_LEVELS, _ANGLES = 41, 72
_SLACK = 1e-6


def check_inputs(part: MappedPart) -> None:
    """Refuse what no such body part has.

    Raises
    ------
    ParameterError
        If a girth, thickness or conductivity is outside its range or the skin model is unknown.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> check_inputs(Thigh())
    """
    frame = part.data["frame"]
    fat, skin = (row(f"people.{what}_{frame[f'{what}_of']}") for what in ("fat", "skin"))
    usual = usual_girth_mm(part)
    low, high = frame["smallest_girth_factor"] * usual, frame["largest_girth_factor"] * usual
    for name, lowest, highest, why in (
        ("main_girth_mm", low, high, f"people of this build have about {usual:.0f} mm here"),
        ("fat_mm", fat["smallest_mm"], fat["largest_mm"], "that much has been measured here"),
        ("skin_mm", skin["smallest_mm"], skin["largest_mm"], "that much has been measured here"),
    ):
        value = getattr(part, name)
        if value is not None and not lowest <= value <= highest:
            raise ParameterError(
                f"{name} is {value:g} mm; a {frame['title']} has {lowest:.4g} to {highest:.4g} mm ({why})."
                " Give a value in that range."
            )
    for name in _SIGMAS:
        sigma = getattr(part, name)
        if sigma is not None and not 0.0 < sigma < np.inf:
            raise ParameterError(
                f"{name} is {sigma:g} S/m; a conductivity is above 0. Leave it out for that of the tissue table."
            )
    models = ("resolved", "lumped")
    if part.skin_model not in models:
        raise ParameterError(f"skin_model is '{part.skin_model}'.{near_name(part.skin_model, models)}")


def check_part(part: MappedPart) -> None:
    """Refuse a body part whose tissues clash.

    Raises
    ------
    ParameterError
        If no flesh is left under the fat, a bone or vessel comes out of the flesh or into another, a nerve leaves the
        soft tissue, or a site lies off the skin.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> check_part(Thigh(fat_mm=12.0))
    """
    _check_layers(part)
    _check_inclusions(part)
    _check_nerves(part)
    _check_places(part)


def _advice(part: MappedPart) -> str:
    build = f"{part.person.plain}, girth {_girth_mm(part):.0f} mm, fat {_fat_mm(part):.1f} mm"
    return f"{build}: take a larger girth or less fat."


def _girth_mm(part: MappedPart) -> float:
    return usual_girth_mm(part) if part.main_girth_mm is None else part.main_girth_mm


def _fat_mm(part: MappedPart) -> float:
    return float(np.median(surfaces_of(part).fat.value_mm))


def _check_layers(part: MappedPart) -> None:
    z, t = np.meshgrid(np.linspace(*part.ends_mm, _LEVELS), np.linspace(-np.pi, np.pi, _ANGLES, endpoint=False))
    skin, fat, fascia = part.borders_mm(t, z)
    least = part.data["frame"]["smallest_core_mm"]
    if fascia.min() < least:
        i = np.unravel_index(np.argmin(fascia), fascia.shape)
        raise ParameterError(
            f"At {z[i]:.0f} mm along the {part.data['frame']['title']} the fascia is {fascia[i]:.1f} mm from the axis;"
            f" at least {least:g} mm are needed for muscle and bone. {_advice(part)}"
        )
    if not ((skin > fat) & (fat > fascia)).all():
        raise ParameterError(f"Skin and fat of the {part.data['frame']['title']} cross. {_advice(part)}")


def _check_inclusions(part: MappedPart) -> None:
    inclusions = contents_of(part).inclusions
    by_name = {i.name: i for i in inclusions}
    for one in inclusions:
        _check_inside(part, one, by_name.get(one.within))
    for one, other in combinations(inclusions, 2):
        if one.name in _holders(other, by_name) or other.name in _holders(one, by_name):
            continue
        for z in _shared_levels(one, other):
            if (_levels_at(other, one, z) < 1.0 - _SLACK).any() or (_levels_at(one, other, z) < 1.0 - _SLACK).any():
                raise ParameterError(
                    f"In the {part.data['frame']['title']}, {one.name} and {other.name} overlap at {z:.0f} mm."
                    f" {_advice(part)}"
                )


def _holders(one: Inclusion, by_name: dict[str, Inclusion]) -> list[str]:
    held = []
    while one.within:
        held.append(one.within)
        one = by_name[one.within]
    return held


def _shared_levels(one: Inclusion, other: Inclusion) -> np.ndarray:
    """Levels at which both are there and so near that they might overlap."""
    low = max(one.rod.along_mm[0], other.rod.along_mm[0])
    high = min(one.rod.along_mm[-1], other.rod.along_mm[-1])
    z = np.linspace(low, high, 25) if high > low else np.empty(0)
    (at, half), (at2, half2) = one.section(z), other.section(z)  # where circles around them are apart, they are
    return z[np.linalg.norm(at - at2, axis=1) <= half.max(axis=1) + half2.max(axis=1)]


def _levels_at(solid: Inclusion, outlined: Inclusion, z: float) -> np.ndarray:
    ring = outlined.outline_mm(z, points=48)
    return solid.level(np.column_stack([ring, np.full(len(ring), z)]))


def _check_inside(part: MappedPart, one: Inclusion, holder: Inclusion | None) -> None:
    low, high = part.ends_mm
    levels = np.linspace(max(one.rod.along_mm[0], low), min(one.rod.along_mm[-1], high), 33)
    rings = np.stack([one.outline_mm(z, points=48) for z in levels])
    z = np.broadcast_to(levels[:, None], rings.shape[:2])
    room = part.fascia_mm(np.arctan2(rings[..., 1], rings[..., 0]), z) - np.hypot(rings[..., 0], rings[..., 1])
    if room.min() < -_SLACK:
        worst = z.ravel()[np.argmin(room)]
        raise ParameterError(
            f"In the {part.data['frame']['title']}, {one.name} comes {-room.min():.1f} mm out of the flesh at"
            f" {worst:.0f} mm. {_advice(part)}"
        )
    if holder is not None:
        points = np.concatenate([rings, z[..., None]], axis=-1).reshape(-1, 3)
        beyond = holder.level(points)
        if beyond.max() > 1.0 + _SLACK:
            raise ParameterError(
                f"In the {part.data['frame']['title']}, {one.name} comes out of {holder.name} at"
                f" {points[np.argmax(beyond), 2]:.0f} mm. {_advice(part)}"
            )


def _check_nerves(part: MappedPart) -> None:
    hard = [i for i in contents_of(part).inclusions if i.tissue in HARD]
    for nerve in contents_of(part).nerves.values():
        p = np.array(nerve.points_mm)
        for one in hard:
            if not may_cross(nerve, one.name) and (one.level(p) < 1.0).any():
                z = p[np.argmin(one.level(p)), 2]
                raise ParameterError(
                    f"In the {part.data['frame']['title']}, the {nerve.name} nerve runs into {one.name} at {z:.0f} mm."
                    f" {_advice(part)}"
                )
        r, theta = np.hypot(p[:, 0], p[:, 1]), np.arctan2(p[:, 1], p[:, 0])
        if (r > part.borders_mm(theta, p[:, 2])[1]).any():
            raise ParameterError(
                f"In the {part.data['frame']['title']}, the {nerve.name} nerve comes into the skin. {_advice(part)}"
            )


def _check_places(part: MappedPart) -> None:
    low, high = part.ends_mm
    for site in contents_of(part).sites.values():
        if not low < site.along_mm < high:
            raise ParameterError(
                f"Site '{site.name}' lies at {site.along_mm:.0f} mm, off the {part.data['frame']['title']}, which"
                f" reaches from {low:.0f} to {high:.0f} mm."
            )
