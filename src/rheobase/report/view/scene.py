"""The scene: a body part cut open, with its pads, nerves and isopotentials, ready for paper or screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, MappedPart
from rheobase.field import Field
from rheobase.report.view.cut import Cut, choose_cut, focus_nerve
from rheobase.report.view.implants import contact_mm, implant_meshes
from rheobase.report.view.lines import edges, isopotentials
from rheobase.report.view.mesh import Mesh, Texture
from rheobase.report.view.nerves import Drive, drive_of, strongest, tubes
from rheobase.report.view.pads import middle_mm, slabs
from rheobase.report.view.seen import Seen, seen
from rheobase.report.view.shells import Shell, shells
from rheobase.report.view.solids import solids
from rheobase.report.view.stretch import Stretch
from rheobase.report.view.surfaces import SOLIDS, STANDING, Standing, borders, colour_of, core_faces, layer_faces

Array = NDArray[np.float64]

_YAW_DEG, _PITCH_DEG = -24.0, 14.0  # from square in front of the wedge
_LEAST_BARE = 20  # mm of a nerve that lies open
_OUTSIDE_RAD = -0.6  # from the first face, into what is left
SEEN_FROM = {"end": -0.6, "pad": -0.25}
"""Least cosine between the direction of a word and that to the eye; 0.2 for other kinds."""
_NAME_PLACES = 60
_NO_NERVE = ("root", "column", "fascicle", "nerve")
_MANY_NAMES = 4
_PLAIN = {"body": "vertebral bodies"}
_LEAST_NAMED_MM = 0.5  # radius of a bone or vessel that is named
_IN_VOLUMES: Standing = (("cord", ("cord",)),)  # what stands whole around implants: bone would hide them
_FROM_FACE = 0.46  # where in the wedge the eye stands, 0 at its first face


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Label:
    """A word in the picture.

    Parameters
    ----------
    text, kind : str
        The word, and ``"pad"``, ``"nerve"``, ``"bone"``, ``"end"`` or ``"level"``.
    place_mm : (3,) array
        Where it stands.
    normal : (3,) array
        It is shown while this direction points to the eye; the name of an end also while it points to the side.
    """

    text: str
    kind: str
    place_mm: Array
    normal: Array

    def seen(self, toward: Array) -> bool:
        """Whether it is shown to an eye in this direction."""
        return bool(self.normal @ toward > SEEN_FROM.get(self.kind, 0.2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Everything that is drawn, and the numbers behind it.

    Parameters
    ----------
    title : str
        What is shown.
    meshes : tuple of Mesh
        Surfaces.
    textures : tuple of Texture
        Pictures of tissues on the cut faces.
    labels : tuple of Label
        Words.
    tissues : tuple of (word, names)
        Colours in use and the tissues that have them, for the legend.
    drives : tuple of Drive
        What the field does along each nerve.
    focus : str or None
        The nerve in question.
    scale_mV_per_mm2_per_mA : float
        Activating function at the ends of the colour scale.
    step_mV_per_mA : float
        From one isopotential to the next.
    views : mapping of (3, 3) arrays
        Rows: to the right, up and towards the eye; ``"start"`` looks into the wedge, ``"front"`` at the active pad,
        ``"outside"`` at the skin beside it, ``"end"`` along the axis.
    cut : Cut
        Where it was cut.
    seen : Seen
        What was solved, as the view sees it.
    shells : tuple of Shell
        Surfaces of equal potential, which the page shows when asked.
    amplitude_mA : float or None
        Amplitude of the scenario, for values in mV.
    notes : tuple of str
        What must be said beside the picture.
    """

    title: str
    meshes: tuple[Mesh, ...]
    textures: tuple[Texture, ...]
    labels: tuple[Label, ...]
    tissues: tuple[tuple[str, tuple[str, ...]], ...]
    drives: tuple[Drive, ...]
    focus: str | None
    scale_mV_per_mm2_per_mA: float
    step_mV_per_mA: float
    views: Mapping[str, Array]
    cut: Cut
    seen: Seen
    shells: tuple[Shell, ...] = ()
    amplitude_mA: float | None = None
    notes: tuple[str, ...] = ()


def build_scene(
    field: Field,
    *,
    title: str,
    over: str | None = None,
    leading_sign: int = -1,
    amplitude_mA: float | None = None,
) -> Scene:
    """Make the scene of a solved field.

    Parameters
    ----------
    field : Field
        Potential of pads on any `BodyPart`, best solved with ``method="grid"``, or of leads and cuffs in a `Volume`.
    title : str
        What is shown.
    over : str, optional
        The nerve in question; by default the one nearest to the active pad.
    leading_sign : int
        Sign of the current of the leading phase at the active pad: -1 if it is the cathode.
    amplitude_mA : float, optional
        Amplitude, at which values are also told in mV.

    Returns
    -------
    Scene

    Raises
    ------
    ParameterError
        If there is no such nerve, or nothing to cut open.

    Examples
    --------
    >>> build_scene.__name__
    'build_scene'
    """
    view = seen(field)
    part = view.part
    focus = focus_nerve(part, view.spots, over)
    cut = choose_cut(part, view.spots, focus)
    drives = [d for n in part.nerves.values() if (d := drive_of(view, n, cut, leading_sign)) is not None]
    name = focus.name if focus is not None else None
    scale = strongest(drives, name)
    faces, textures = core_faces(part, cut)
    lines, step, numbers = isopotentials(view, cut, leading_sign)
    meshes = [
        *borders(part, cut), *layer_faces(part, cut), *faces,
        *solids(part, cut, _standing(part)), *slabs(part, view.pads, cut),
        *implant_meshes(view.implants, cut), *tubes(drives, cut, scale, name), *edges(part, cut), *lines,
    ]  # fmt: skip
    spots = _spot_labels(view, cut, leading_sign)
    labels = [*spots, *_end_labels(cut), *_nerve_labels(drives, cut, spots[0].place_mm, name), *_bone_labels(part, cut)]
    labels += [Label(text=f"{v:g}".replace("-", "−"), kind="level", place_mm=p, normal=n) for v, p, n in numbers]
    return Scene(
        title=title,
        meshes=tuple(meshes),
        textures=tuple(textures),
        labels=tuple(labels),
        tissues=_legend(part),
        drives=tuple(drives),
        focus=name,
        scale_mV_per_mm2_per_mA=scale,
        step_mV_per_mA=step,
        views=_views(cut),
        cut=cut,
        seen=view,
        shells=shells(view, cut, leading_sign),
        amplitude_mA=amplitude_mA,
    )


def _standing(part: BodyPart) -> Standing:
    """What stands whole in the wedge: around implants nothing but the cord, and fascicles are tubes already."""
    if not isinstance(part, Stretch):
        return SOLIDS
    return () if part.circles_mm else _IN_VOLUMES


def _views(cut: Cut) -> dict[str, Array]:
    """Where the eye may stand: a limb lies with its active pad on top, a trunk stands."""

    def facing(theta_rad: float) -> Array:
        toward, along = np.array([np.cos(theta_rad), np.sin(theta_rad), 0.0]), np.array([0.0, 0.0, 1.0])
        right = np.cross(along, toward) if cut.upright else cut.turn * along
        return np.stack([right, np.cross(toward, right), toward])

    into = facing(float(cut.theta_rad(_FROM_FACE * cut.wedge_rad)))
    pad = facing(cut.from_rad)
    skin = facing(float(cut.theta_rad(_OUTSIDE_RAD)))
    toward = cut.turn * np.array([0.0, 0.0, 1.0])
    up = into[2] if cut.upright else into[1]
    end = np.stack([np.cross(up, toward), up, toward])
    return {
        "start": _turned(into, _YAW_DEG, _PITCH_DEG),
        "front": pad,
        "outside": _turned(skin, _YAW_DEG, 0.0),
        "end": end,
    }


def _turned(view: Array, yaw_deg: float, pitch_deg: float) -> Array:
    """The same eye, gone to the side and up."""
    yaw, pitch = np.deg2rad([yaw_deg, pitch_deg])
    c, s = np.cos(yaw), np.sin(yaw)
    turned = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ view
    c, s = np.cos(pitch), np.sin(pitch)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ turned


def _spot_labels(view: Seen, cut: Cut, sign: int) -> list[Label]:
    """Pads and contacts with their roles, the active one first."""
    places = {p.name: middle_mm(view.part, p, cut) for p in view.pads}
    places |= {c.name: contact_mm(e, c, cut) for e in view.implants for c in e.contacts}
    out = []
    for spot in sorted(view.spots, key=lambda s: -s.share):
        current = sign * spot.share
        role = "cathode −" if current < 0 else "anode +" if current > 0 else "not connected"
        theta = np.deg2rad(spot.around_deg)
        out.append(
            Label(
                text=f"{spot.name.replace('_', ' ')}: {role}",
                kind="pad",
                place_mm=places[spot.name],
                normal=np.array([np.cos(theta), np.sin(theta), 0.0]),
            )
        )
    return out


def _bone_labels(part: BodyPart, cut: Cut) -> list[Label]:
    """Bones and vessels that stand in the wedge, named in the middle of what is seen of them."""
    out = []
    if not isinstance(part, MappedPart):
        return out
    theta = float(cut.theta_rad(0.5 * cut.wedge_rad))
    into = np.array([np.cos(theta), np.sin(theta), 0.0])
    for thing in part.inclusions:
        if colour_of(thing.tissue) not in STANDING or thing.within:
            continue
        z = np.linspace(cut.low_mm, cut.high_mm, _NAME_PLACES)
        z = z[np.asarray(thing.reaches(z))]
        if not z.size:
            continue
        centre, half = thing.section(z)
        front = centre + 0.9 * half.min(axis=1, keepdims=True) * into[:2]  # towards the eye
        bare = (cut.t_rad(np.arctan2(front[:, 1], front[:, 0])) < cut.wedge_rad) & (half.min(axis=1) > _LEAST_NAMED_MM)
        if not bare.any():
            continue
        i = np.flatnonzero(bare)[int(0.7 * bare.sum())]
        place = np.array([*front[i], z[i]])
        out.append(
            Label(text=_PLAIN.get(thing.name, thing.name.replace("_", " ")), kind="bone", place_mm=place, normal=into)
        )
    return out


def _end_labels(cut: Cut) -> list[Label]:
    """Which way is which."""
    far = 0.42 * cut.radius_mm
    (low, high), along = cut.ends, np.array([0.0, 0.0, 1.0])
    return [
        Label(text=low, kind="end", place_mm=(cut.low_mm - far) * along, normal=-along),
        Label(text=high, kind="end", place_mm=(cut.high_mm + far) * along, normal=along),
    ]


def _nerve_labels(drives: list[Drive], cut: Cut, pad_mm: Array, focus: str | None) -> list[Label]:
    """Each nerve is named once where it lies open, away from the active pad, and where it comes out of an end."""
    out = []
    theta = float(cut.theta_rad(0.5 * cut.wedge_rad))
    into = np.array([np.cos(theta), np.sin(theta), 0.0])
    for d in sorted(drives, key=lambda d: d.name != focus):
        t = cut.t_rad(np.arctan2(d.points_mm[:, 1], d.points_mm[:, 0]))
        bare = np.flatnonzero((t < cut.wedge_rad) | (t > 2 * np.pi - 0.05))
        named = None
        text = d.name.replace("_", " ") + (
            " nerve" if d.name == focus and not any(w in d.name for w in _NO_NERVE) else ""
        )
        if len(bare) > _LEAST_BARE:
            ends = d.points_mm[bare[[round(0.14 * len(bare)), round(0.86 * len(bare))]]]
            named = ends[np.argmax(np.linalg.norm(ends - pad_mm, axis=1))]
            out.append(Label(text=text, kind="nerve", place_mm=named, normal=into))
        for end, way in ((cut.low_mm, -1.0), (cut.high_mm, 1.0)):
            tip = d.points_mm[int(np.argmin(np.abs(d.points_mm[:, 2] - end)))]
            twice = named is not None and np.linalg.norm(tip - named) < 1.5 * cut.radius_mm
            if abs(tip[2] - end) < 3.0 and not twice:
                place = tip + np.array([0.0, 0.0, way * 0.08 * cut.radius_mm])
                normal = np.array([0.0, 0.0, way])
                out.append(Label(text=d.name.replace("_", " "), kind="nerve", place_mm=place, normal=normal))
    return out


def _legend(part: BodyPart) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    layers = [t for name in part.layer_names for t in part.tissues if t.name == name]
    for tissue in (*layers, *(t for t in part.tissues if t.name not in part.layer_names)):
        found.setdefault(colour_of(tissue.name), []).append(tissue.name.replace("_", " "))
    return tuple((word, _few(names)) for word, names in found.items())


def _few(names: list[str]) -> tuple[str, ...]:
    """Numbered names as one."""
    stems = {n.rstrip("0123456789").rstrip() for n in names}
    return (f"{stems.pop()}s",) if len(names) > _MANY_NAMES and len(stems) == 1 else tuple(names)
