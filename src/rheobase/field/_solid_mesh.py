"""Meshing solids with the electrodes cut out of them, and layered limbs with pads on their skin."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import KDTree

from rheobase.anatomy import Block, Column, LayeredLimb, PlainSolids, Solid, SolidBody
from rheobase.electrode import Cuff, Lead, Pad
from rheobase.errors import ConvergenceError, ParameterError
from rheobase.field._meshed import Material, Meshed, materials_of, name_surfaces
from rheobase.field._netgen import hushed, packages
from rheobase.field._shapes import hollow, painted
from rheobase.montage import Implanted, Montage

_COARSEST = 6  # elements across the body where nothing asks for finer ones
_GRADING = 0.5
_FINER = (1.0, 2.0, 4.0)  # elements are curved, so few are needed around a bend
_PER_EDGE = 0.6
_SMOOTHINGS = 1  # passes over a finished mesh; more cost as much as the mesh and gain nothing here
_NOWHERE = np.zeros((0, 4))
_PROBE_MM = 0.5  # between places on an electrode where the tissue is asked for
_CELLS_PER_PAD = 10
_FINER_AT_EDGES = 2.0  # the current density of a metal pad peaks at its edge, and decides the resistance
_NEAR_MM = 8.0  # tissues that ask for fine elements get them so far from the contacts
_PAD_MM = 0.5  # thickness of the patch that prints a pad's outline on the skin; it is not meshed


def mesh_solids(body: SolidBody, montage: Implanted, cell_mm: float | None, order: int) -> Meshed:
    """Mesh a body of solids with leads and cuffs cut out; ``cell_mm`` is the size of elements on the contacts."""
    check_clear_of_bone(body, montage)
    parts = painted(body.solids)
    voids = [hollow(e, cell_mm) for e in montage.electrodes if isinstance(e, Lead | Cuff)]
    for void in voids:
        parts = [(solid, shape - void) for solid, shape in parts]
    parts = [(solid, shape) for solid, shape in parts if shape.solids]
    return _mesh(parts, body, montage, _largest_mm(body), order,
                 spots=_spots(body, montage))  # fmt: skip


def check_clear_of_bone(body: SolidBody, montage: Implanted) -> None:
    """Refuse a lead or cuff that passes through bone."""
    hard = [i for i, t in enumerate(body.tissues) if "bone" in t.name or "vertebra" in t.name]
    for electrode in montage.electrodes:
        if not (hard and isinstance(electrode, Lead | Cuff)):
            continue
        start = 0.0 if isinstance(electrode, Lead) else -electrode.length_mm / 2
        s, a = np.meshgrid(
            start + np.arange(0.0, electrode.length_mm, _PROBE_MM), np.linspace(0, 2 * np.pi, 12, endpoint=False)
        )
        sideways = np.cross(electrode.axis, electrode.across)
        out = np.cos(a.ravel())[:, None] * electrode.across + np.sin(a.ravel())[:, None] * sideways
        points = electrode.origin_mm + s.ravel()[:, None] * electrode.axis + electrode.radius_mm * out
        labels = body.labels_at(points)
        in_bone = np.flatnonzero(np.isin(labels, hard))
        if in_bone.size:
            at = ", ".join(f"{v:.1f}" for v in points[in_bone[0]])
            raise ParameterError(
                f"The {type(electrode).__name__.lower()} with contact '{electrode.contacts[0].name}' passes through"
                f" '{body.tissues[labels[in_bone[0]]].name}' at ({at}) mm, {in_bone.size} of {len(points)} places"
                " on its surface. Move or turn it so that it stays clear of bone, or shorten it."
            )


def limb_solids(limb: LayeredLimb) -> PlainSolids:
    """A layered limb as solids."""
    half = limb.length_mm / 2
    stack = tuple(
        Solid(tissue=la.name, shape=Column(half_axes_mm=(r, r), along_mm=(-half, half)))
        for la, r in ((la, la.outer_radius_mm) for la in reversed(limb.layers))
    )
    return PlainSolids(tissues=limb.tissues, stack=stack)


def mesh_limb(limb: LayeredLimb, montage: Montage, cell_mm: float | None, order: int) -> tuple[PlainSolids, Meshed]:
    """Mesh a layered limb; ``cell_mm`` is the size of elements under the pads and in the skin next to them."""
    body = limb_solids(limb)
    smallest = min(min(p.around_mm, p.extent_mm) for p in montage.pads)
    cell = cell_mm or smallest / _CELLS_PER_PAD
    patches = [_patch(limb, p, cell) for p in montage.pads]
    return body, _mesh(painted(body.solids), body, montage, limb.radius_mm / 4, order, tuple(patches))


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
    shell.edges.maxh = cell_mm / _FINER_AT_EDGES
    return shell


def _mesh(
    parts: list[tuple[Solid, Any]],
    body: SolidBody,
    montage: Montage | Implanted,
    largest_mm: float,
    order: int,
    patches: tuple[Any, ...] = (),
    spots: np.ndarray = _NOWHERE,
) -> Meshed:
    occ = packages().occ
    names = [t.name for t in body.tissues]
    keys = list(dict.fromkeys((names.index(s.tissue), _way(s)) for s, _ in parts))
    materials: list[Material] = materials_of(body, keys)
    for solid, shape in parts:
        shape.mat(materials[keys.index((names.index(solid.tissue), _way(solid)))].name)
    for patch in patches:
        patch.mat("patch")
    glued = occ.Glue([x for _, x in parts] + list(patches))
    if patches:
        glued = occ.Compound([s for s in glued.solids if s.name != "patch"])
    raw = _generated(occ.OCCGeometry(glued), largest_mm, spots, body.bends_factor)
    made = name_surfaces(raw, body, montage, materials)
    made.mesh.Curve(order)
    return made


def _way(solid: Solid) -> tuple[float, float, float]:
    x, y, z = map(float, solid.direction)
    return x, y, z


def _generated(geometry: Any, largest_mm: float, spots: np.ndarray, bends_factor: float) -> Any:
    """The mesh; narrow gaps between round surfaces may need finer steps around their bends."""
    packed = packages()
    for times in _FINER:
        wanted = packed.meshing.MeshingParameters(
            maxh=largest_mm, grading=_GRADING, curvaturesafety=times * bends_factor,
            segmentsperedge=_PER_EDGE, optsteps3d=_SMOOTHINGS,
        )  # fmt: skip
        for spot in spots:
            wanted.RestrictH(*map(float, spot[:3]), h=float(spot[3]))
        try:
            with hushed():
                return geometry.GenerateMesh(wanted)
        except packed.meshing.NgException:
            continue
    raise ConvergenceError(
        "The body with its electrodes could not be meshed. Surfaces probably touch or nearly touch: move the electrode,"
        " widen gaps, or give a mesh made elsewhere."
    )


def _spots(body: SolidBody, montage: Implanted) -> np.ndarray:
    """Places (x, y, z) in fine tissues near contacts, and the size of elements wanted there."""
    middles = np.array(
        [
            e.origin_mm + c.along_mm * e.axis
            for e in montage.electrodes
            if isinstance(e, Lead | Cuff)
            for c in e.contacts
        ]
    )
    fine = {s.tissue: s.cell_mm for s in body.solids if s.cell_mm is not None}
    if not (len(middles) and fine):
        return _NOWHERE
    step = min(fine.values())
    low, high = middles.min(axis=0) - _NEAR_MM, middles.max(axis=0) + _NEAR_MM
    axes = [np.arange(a, b + step, step) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    points = points[KDTree(middles).query(points, distance_upper_bound=_NEAR_MM)[0] < _NEAR_MM]
    names = np.array([t.name for t in body.tissues])
    size = np.array([fine.get(n, 0.0) for n in names])
    labels = body.labels_at(points)
    want = np.where(labels >= 0, size[labels], 0.0)
    return np.column_stack([points, want])[want > 0]


def _largest_mm(body: SolidBody) -> float:
    shape = body.solids[0].shape
    if isinstance(shape, Column):
        return max(2 * max(shape.half_axes_mm), shape.along_mm[1] - shape.along_mm[0]) / _COARSEST
    if isinstance(shape, Block):
        return max(np.subtract(shape.high_mm, shape.low_mm)) / _COARSEST
    raise ParameterError(f"The outermost solid is a {type(shape).__name__}; make it a Block or a Column.")
