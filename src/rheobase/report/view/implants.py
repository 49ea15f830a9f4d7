"""Leads and cuffs: shafts and walls in the grey of insulation, bare metal dark as pads are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rheobase.electrode import Contact, Cuff, Lead
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, joined, sheet_mesh, tube_mesh
from rheobase.report.view.surfaces import angles_rad

Array = NDArray[np.float64]

_PROUD = 1.05  # contacts stand out of a shaft by so much, so that they are seen
_SIDES = 24
_METAL_RELATIVE = 0.35  # of the wall: thickness of a contact in a cuff
_WORD_AWAY = 3.0  # radii of a lead
_METAL_RAD = 0.012  # metal stands out of the cut faces by so much, so that it is seen
_LINE_RELATIVE = 0.009  # of the mean radius


def implant_meshes(implants: tuple[Lead | Cuff, ...], cut: Cut) -> list[Mesh]:
    """Every electrode of the stretch that is shown."""
    out: list[Mesh] = []
    for e in implants:
        out += _lead(e, cut) if isinstance(e, Lead) else _cuff(e, cut)
    return out


def contact_mm(e: Lead | Cuff, contact: Contact, cut: Cut) -> Array:
    """Place of the word for a contact: in the middle of a lead, at the cut edge of a cuff."""
    middle = e.origin_mm + contact.along_mm * e.axis
    if isinstance(e, Lead):  # words of either sign on either side, so that they do not collide
        out = middle * [1.0, 1.0, 0.0]
        far = np.linalg.norm(out)
        return middle + np.sign(contact.share) * _WORD_AWAY * e.radius_mm * out / max(float(far), 1e-9)
    theta = float(cut.theta_rad(2 * np.pi))
    return middle + (e.inner_radius_mm + e.wall_mm) * np.array([np.cos(theta), np.sin(theta), 0.0])


def _lead(e: Lead, cut: Cut) -> list[Mesh]:
    out = []
    pieces = [("shaft", (0.0, e.length_mm), 1.0, "insulation")]
    pieces += [(f"contact {c.name}", c.ends_mm, _PROUD, "pad" if c.share else "idle") for c in e.contacts]
    for name, (start, end), proud, colour in pieces:
        places = np.linspace(start, end, 40 if name == "shaft" else 4)
        way = e.origin_mm + places[:, None] * e.axis
        way = way[(way[:, 2] > cut.low_mm) & (way[:, 2] < cut.high_mm)]
        if len(way) > 1:
            out.append(tube_mesh(f"lead {name}", colour, way, proud * e.radius_mm, sides=_SIDES))
    return out


def _cuff(e: Cuff, cut: Cut) -> list[Mesh]:
    """What the wedge left of the wall and the rings, and the outlines of the rings where it took them."""
    half = e.length_mm / 2
    out = _sector("cuff wall", "insulation", e, cut, (-half, half), (1e-3, 1.0))
    lines = []
    for c in e.contacts:
        out += _sector(f"contact {c.name}", "pad" if c.share else "idle", e, cut, c.ends_mm, (0.0, _METAL_RELATIVE))
        for end in c.ends_mm:
            t = angles_rad(0.0, cut.wedge_rad)
            lines.append(_ring(e, cut, t, end, 0.0))
    thick = _LINE_RELATIVE * cut.radius_mm
    return [*out, joined("cuff outlines", "line", [tube_mesh("rim", "line", w, thick, sides=4) for w in lines])]


def _sector(
    name: str, colour: str, e: Cuff, cut: Cut, along: tuple[float, float], wall: tuple[float, float]
) -> list[Mesh]:
    out_rad = _METAL_RAD if wall[0] == 0.0 else 0.0
    t = angles_rad(cut.wedge_rad - out_rad, 2 * np.pi + out_rad)
    edges = [(wall[0], along[0]), (wall[1], along[0]), (wall[1], along[1]), (wall[0], along[1]), (wall[0], along[0])]
    sides = [np.stack([_ring(e, cut, t, z0, w0), _ring(e, cut, t, z1, w1)]) for (w0, z0), (w1, z1) in pairwise(edges)]
    faces = [
        np.stack([[_ring(e, cut, np.array([end]), z, w)[0] for z in along] for w in wall]) for end in (t[0], t[-1])
    ]
    return [
        joined(name, colour, [sheet_mesh(name, colour, s) for s in sides]),
        joined(f"{name} cut", colour, [sheet_mesh(name, colour, s, flat=True) for s in faces], flat=True),
    ]


def _ring(e: Cuff, cut: Cut, t_rad: Array, along_mm: float, wall_relative: float) -> Array:
    theta = cut.theta_rad(t_rad)
    r = e.inner_radius_mm + wall_relative * e.wall_mm
    return e.origin_mm + np.stack([r * np.cos(theta), r * np.sin(theta), np.full(theta.shape, along_mm)], axis=1)
