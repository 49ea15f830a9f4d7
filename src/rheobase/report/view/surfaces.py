"""Skin and layers as the knife left them: outside, terraces, cut faces and both ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, Texture, sheet_mesh, sheet_triangles

Array = NDArray[np.float64]

_CELL_DEG = 3.0
_CELL_RELATIVE = 0.075  # of the mean radius: cells along
_ACROSS, _ALONG, _AROUND = 256, 512, 512  # pixels of textures: powers of two, as screens like them


def stations_mm(cut: Cut) -> Array:
    """Places along the axis where surfaces have their corners."""
    count = max(12, round((cut.high_mm - cut.low_mm) / (_CELL_RELATIVE * cut.radius_mm)))
    return np.linspace(cut.low_mm, cut.high_mm, count + 1)


def place_mm(part: BodyPart, cut: Cut, border: int, t_rad: Array, z_mm: Array) -> Array:
    """Points of one border (0 the skin) at angles from the first face and places along: (*shape, 3)."""
    t, z = np.broadcast_arrays(t_rad, z_mm)
    theta = cut.theta_rad(t)
    r = part.borders_mm(theta, z)[border]
    return np.stack([r * np.cos(theta), r * np.sin(theta), z], axis=-1)


def angles_rad(low_rad: float, high_rad: float) -> Array:
    """Angles between two faces, about evenly spaced."""
    return np.linspace(low_rad, high_rad, max(2, round(np.rad2deg(high_rad - low_rad) / _CELL_DEG) + 1))


def borders(part: BodyPart, cut: Cut) -> list[Mesh]:
    """The skin, and the strip of every lower border that the step above it lays bare."""
    z, layers = stations_mm(cut), cut.layers
    out = []
    for border, name in enumerate((*layers, _core_name(part, cut))):
        start = cut.opening_rad(border)
        end = 2 * np.pi if border == 0 else cut.opening_rad(border - 1)
        sheet = place_mm(part, cut, border, angles_rad(start, end)[:, None], z[None])
        out.append(sheet_mesh(f"surface of {name}", colour_of(name), sheet))
    return out


def layer_faces(part: BodyPart, cut: Cut) -> list[Mesh]:
    """Every layer cut: at the first face, at its step, and at both ends."""
    z, layers = stations_mm(cut), cut.layers
    out = []
    for layer, name in enumerate(layers):
        opened = cut.opening_rad(layer)
        sheets = [_band(part, cut, layer, np.array([t]), z) for t in (2 * np.pi, opened)]
        around = angles_rad(opened, 2 * np.pi)
        sheets += [_band(part, cut, layer, around, np.array([end])) for end in (cut.low_mm, cut.high_mm)]
        out += [sheet_mesh(f"cut {name}", colour_of(name), s, flat=True) for s in sheets]
    return out


def core_faces(part: BodyPart, cut: Cut) -> tuple[list[Mesh], list[Texture]]:
    """The core cut: two faces along and both ends, with a picture of its tissues on each."""
    z, start = stations_mm(cut), cut.opening_rad(len(cut.layers))
    meshes, textures = [], []
    for t in (2 * np.pi, start):
        edge = place_mm(part, cut, len(cut.layers), np.full(z.size, t), z)
        meshes.append(_between(edge * [0.0, 0.0, 1.0], edge, len(textures)))
        across = (np.arange(_ACROSS) + 0.5) / _ACROSS
        along = cut.low_mm + (np.arange(_ALONG) + 0.5) / _ALONG * (cut.high_mm - cut.low_mm)
        textures.append(_texture(part, cut, across[:, None], np.full((1, _ALONG), t), along[None]))
    around = angles_rad(start, 2 * np.pi)
    turn = start + (np.arange(_AROUND) + 0.5) / _AROUND * (2 * np.pi - start)
    for end in (cut.low_mm, cut.high_mm):
        edge = place_mm(part, cut, len(cut.layers), around, np.full(around.size, end))
        meshes.append(_between(edge * [0.0, 0.0, 1.0], edge, len(textures)))
        across = (np.arange(_ACROSS) + 0.5) / _ACROSS
        textures.append(_texture(part, cut, across[:, None], turn[None], np.full((1, _AROUND), end)))
    return meshes, textures


def _core_name(part: BodyPart, cut: Cut) -> str:
    """The tissue that fills most of the core's surface, such as muscle."""
    t, z = np.meshgrid(np.linspace(-np.pi, np.pi, 36, endpoint=False), stations_mm(cut))
    r = 0.98 * part.borders_mm(t, z)[len(cut.layers)]
    labels = part.labels_at(np.stack([r * np.cos(t), r * np.sin(t), z], axis=-1).reshape(-1, 3))
    return part.tissues[int(np.bincount(labels).argmax())].name


def labels_below(part: BodyPart, cut: Cut, points_mm: Array) -> NDArray[np.int64]:
    """Tissue of points known to lie below the layers that are laid bare."""
    whole = len(cut.layers) == len(part.layer_names)
    return part.core_labels(points_mm) if whole else part.labels_at(points_mm)


def colour_of(tissue: str) -> str:
    """Word of the palette for a tissue."""
    for word, colour in _COLOURS:
        if word in tissue:
            return colour
    return "soft"


# The first word that is part of a tissue's name decides.
_COLOURS = (
    ("dermis", "skin"), ("skin", "skin"), ("fat", "fat"), ("muscle", "muscle"), ("cancellous", "marrow"),
    ("bone", "bone"), ("marrow", "marrow"), ("cartilage", "marrow"), ("disc", "marrow"), ("tendon", "tendon"),
    ("blood", "blood"), ("air", "air"), ("csf", "fluid"), ("fluid", "fluid"), ("matter", "cord"), ("cord", "cord"),
    ("root", "cord"), ("fascicle", "cord"), ("nerve", "cord"), ("epineurium", "tendon"), ("sleeve", "fluid"),
    ("viscera", "viscera"), ("insulation", "insulation"), ("surround", "muscle"),
)  # fmt: skip


# What stands whole in the wedge: colour of the body, and the colours of the tissues it is made of.
Standing = tuple[tuple[str, tuple[str, ...]], ...]
SOLIDS: Standing = (("bone", ("bone", "marrow")), ("blood", ("blood",)), ("cord", ("cord", "fluid")))
STANDING = frozenset(colour for _, made_of in SOLIDS for colour in made_of)


def _band(part: BodyPart, cut: Cut, layer: int, t_rad: Array, z_mm: Array) -> Array:
    """Both edges of a layer along a cut: (2, n, 3)."""
    t, z = np.broadcast_arrays(t_rad, z_mm)
    return np.stack([place_mm(part, cut, layer, t, z), place_mm(part, cut, layer + 1, t, z)])


def _between(axis_mm: Array, edge_mm: Array, texture_index: int) -> Mesh:
    """A face from the axis to an edge, with a texture that runs across and along the edge."""
    count = len(edge_mm)
    points = np.concatenate([axis_mm, edge_mm])
    square = np.cross(edge_mm[0] - axis_mm[0], edge_mm[-1] - axis_mm[0])
    if np.linalg.norm(axis_mm[-1] - axis_mm[0]) < 1e-9:
        square = np.array([0.0, 0.0, 1.0])
    along = np.linspace(0.0, 1.0, count)
    return Mesh(
        name="cut core",
        colour="muscle",
        points_mm=points,
        triangles=sheet_triangles(2, count),
        normals=np.broadcast_to(square / np.linalg.norm(square), points.shape),
        flat=True,
        texture_index=texture_index,
        uv=np.stack([np.concatenate([along, along]), np.repeat([0.0, 1.0], count)], axis=1),
    )


def _texture(part: BodyPart, cut: Cut, across_relative: Array, t_rad: Array, z_mm: Array) -> Texture:
    """Tissues of the core: rows from the axis outwards, columns along the edge."""
    share, t, z = np.broadcast_arrays(across_relative, t_rad, z_mm)
    theta = cut.theta_rad(t)
    edge = part.borders_mm(theta[0], z[0])[len(cut.layers)]
    r = share * edge * 0.9999
    points = np.stack([r * np.cos(theta), r * np.sin(theta), z], axis=-1).reshape(-1, 3)
    names = tuple(dict.fromkeys([*(colour_of(tissue.name) for tissue in part.tissues), "septum"]))
    of = np.array([names.index(colour_of(tissue.name)) for tissue in part.tissues], dtype=np.uint8)
    pixels = of[labels_below(part, cut, points)].reshape(share.shape)
    septa = _septa(part, points, share.shape)
    if septa is not None:
        pixels[septa & (pixels == names.index("muscle"))] = names.index("septum")
    return Texture(pixels=pixels, names=names)


def _septa(part: BodyPart, points_mm: Array, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Pixels between two muscles, for a part that knows its muscles by name."""
    ask = getattr(part, "muscle_names_at", None)
    if ask is None:
        return None
    _, which = np.unique(np.array(ask(points_mm)), return_inverse=True)
    which = which.reshape(shape)
    out = np.zeros(shape, dtype=bool)
    for border, ahead, behind in (
        (which[1:] != which[:-1], np.s_[1:], np.s_[:-1]),
        (which[:, 1:] != which[:, :-1], np.s_[:, 1:], np.s_[:, :-1]),
    ):
        out[ahead] |= border
        out[behind] |= border
    return out
