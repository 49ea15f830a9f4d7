"""Meshing solids with the electrodes cut out of them, and layered limbs with pads on their skin."""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.anatomy import Block, Column, LayeredLimb, PlainSolids, Solid, SolidBody
from rheobase.electrode import Cuff, Lead, Pad
from rheobase.errors import ParameterError
from rheobase.field._meshed import Material, Meshed, materials_of, name_surfaces
from rheobase.field._netgen import packages
from rheobase.field._shapes import hollow, painted
from rheobase.montage import Implanted, Montage

_COARSEST = 12  # elements across the body where nothing asks for finer ones
_GRADING = 0.4
_CELLS_PER_PAD = 10
_PAD_MM = 0.5  # thickness of the patch that prints a pad's outline on the skin; it is not meshed


def mesh_solids(body: SolidBody, montage: Implanted, cell_mm: float | None, order: int) -> Meshed:
    """Mesh a body of solids with leads and cuffs cut out; ``cell_mm`` is the size of elements on the contacts."""
    parts = painted(body.solids)
    voids = [hollow(e, cell_mm) for e in montage.electrodes if isinstance(e, Lead | Cuff)]
    for void in voids:
        parts = [(solid, shape - void) for solid, shape in parts]
    parts = [(solid, shape) for solid, shape in parts if shape.solids]
    return _mesh([(s, x, s.cell_mm) for s, x in parts], body, montage, _largest_mm(body), order)


def mesh_limb(limb: LayeredLimb, montage: Montage, cell_mm: float | None, order: int) -> tuple[PlainSolids, Meshed]:
    """Mesh a layered limb; ``cell_mm`` is the size of elements under the pads and in the skin next to them."""
    half = limb.length_mm / 2
    stack = tuple(
        Solid(tissue=la.name, shape=Column(half_axes_mm=(la.outer_radius_mm,) * 2, along_mm=(-half, half)))
        for la in reversed(limb.layers)
    )
    body = PlainSolids(tissues=limb.tissues, stack=stack)
    smallest = min(min(p.around_mm, p.extent_mm) for p in montage.pads)
    cell = cell_mm or smallest / _CELLS_PER_PAD
    patches = [_patch(limb, p, cell) for p in montage.pads]
    parts = [(s, x, None) for s, x in painted(body.solids)]
    return body, _mesh(parts, body, montage, limb.radius_mm / 4, order, patches)


def _patch(limb: LayeredLimb, pad: Pad, cell_mm: float) -> Any:
    """A thin shell on the skin with the outline of a pad."""
    occ = packages().occ
    if pad.shape == "round":
        raise ParameterError(
            f"Pad '{pad.name}' is round; finite elements take rectangular pads only. Use method='grid' or 'cylinder'."
        )
    r, low = limb.radius_mm, pad.along_mm - pad.extent_mm / 2
    shell = occ.Cylinder(occ.Pnt(0, 0, low), occ.Z, r + _PAD_MM, pad.extent_mm)
    shell = shell - occ.Cylinder(occ.Pnt(0, 0, low), occ.Z, r, pad.extent_mm)
    span = pad.around_mm / r
    if span < 2 * np.pi - 1e-9:
        count = max(int(np.ceil(span / 1.0)), 1) + 1
        plane = occ.WorkPlane(occ.Axes(occ.Pnt(0, 0, low - 1), n=occ.Z, h=occ.X)).MoveTo(0, 0)
        for a in np.deg2rad(pad.around_deg) + span * (np.linspace(0, 1, count) - 0.5):
            plane = plane.LineTo(float(3 * r * np.cos(a)), float(3 * r * np.sin(a)))
        shell = shell * plane.Close().Face().Extrude(pad.extent_mm + 2)
    shell.faces.name = pad.name
    shell.faces.maxh = cell_mm
    return shell


def _mesh(
    parts: list[tuple[Solid, Any, float | None]],
    body: SolidBody,
    montage: Montage | Implanted,
    largest_mm: float,
    order: int,
    patches: list[Any] = (),  # type: ignore[assignment]
) -> Meshed:
    occ = packages().occ
    names = [t.name for t in body.tissues]
    keys = list(dict.fromkeys((names.index(s.tissue), s.direction) for s, _, _ in parts))
    materials: list[Material] = materials_of(body, keys)
    for solid, shape, cell in parts:
        shape.mat(materials[keys.index((names.index(solid.tissue), solid.direction))].name)
        if cell is not None:
            shape.solids.maxh = cell
    for patch in patches:
        patch.mat("patch")
    glued = occ.Glue([x for _, x, _ in parts] + list(patches))
    if patches:
        glued = occ.Compound([s for s in glued.solids if s.mat() != "patch"])
    raw = occ.OCCGeometry(glued).GenerateMesh(maxh=largest_mm, grading=_GRADING)
    made = name_surfaces(raw, body, montage, materials)
    made.mesh.Curve(order)
    return made


def _largest_mm(body: SolidBody) -> float:
    shape = body.solids[0].shape
    if isinstance(shape, Block):
        return max(np.subtract(shape.high_mm, shape.low_mm)) / _COARSEST
    assert isinstance(shape, Column)
    return max(2 * max(shape.half_axes_mm), shape.along_mm[1] - shape.along_mm[0]) / _COARSEST
