"""Current density on the contacts of a finite-element solution."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import KDTree

from rheobase.electrode import Contact, Cuff, Lead, Pad
from rheobase.field._element_solution import ElementSolution
from rheobase.field._elements import split
from rheobase.field._netgen import packages
from rheobase.field.density import PadDensity, windowed_peak
from rheobase.montage import Implanted, Montage

_CELLS = 24  # of a map along each side of a contact


def element_densities(
    solution: ElementSolution, drive: Any, montage: Montage | Implanted, radius_mm: float | None
) -> tuple[PadDensity, ...]:
    """Density on every contact at 1 mA of the drive; ``radius_mm`` is that of the limb that pads lie on."""
    at_V = np.asarray(montage.shares) @ solution.potentials_V
    owners = _owners(montage, radius_mm)
    return tuple(_density(solution, drive, k, montage, float(at_V[k]), owners[k]) for k in range(len(montage.names)))


def _owners(montage: Montage | Implanted, radius_mm: float | None) -> list[Any]:
    if isinstance(montage, Montage):
        return [(p, radius_mm) for p in montage.pads]
    return [(c, e) for e in montage.electrodes for c in e.contacts]


def _density(
    solution: ElementSolution, drive: Any, k: int, montage: Montage | Implanted, at_V: float, owner: Any
) -> PadDensity:
    places, area_mm2, density = _faces(solution, drive, k, at_V)
    around, along, points = _map(owner)
    mapped = density[KDTree(places).query(points)[1]] if points.size else np.zeros((0, 0))
    if mapped.size:
        step = (around[1] - around[0], along[1] - along[0])
        peak = windowed_peak(mapped, np.ones(mapped.shape), step)
    else:
        peak = float(np.abs(density).max())
    mapped.flags.writeable = False
    return PadDensity(
        name=montage.names[k],
        around_mm=around,
        along_mm=along,
        density_A_per_m2_per_mA=mapped,
        mean_A_per_m2_per_mA=float(density @ area_mm2 / area_mm2.sum()),
        peak_A_per_m2_per_mA=peak,
    )


def _faces(solution: ElementSolution, drive: Any, k: int, at_V: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, area and current density (A/m2 per mA) of every face of the mesh on a contact."""
    ngs, made = packages().ngsolve, solution.problem.made
    raw = made.mesh.ngmesh
    parts = split(drive.components if solution.problem.spaces > 1 else drive, solution.problem.spaces)
    elements = raw.Elements2D().NumPy()
    corners = np.asarray(raw.Coordinates())[elements["nodes"][:, :3].astype(int) - 1]
    bc = np.array([raw.GetBCName(fd.bc - 1) for fd in raw.FaceDescriptors()])[elements["index"] - 1]
    found = []
    for name, d in made.contacts[k]:
        here = bc == name
        where = {"definedon": made.mesh.Boundaries(name), "element_wise": True, "order": 2 * solution.problem.order}
        area = np.asarray(ngs.Integrate(1.0, made.mesh, ngs.BND, **where))[here]
        flow = np.asarray(ngs.Integrate(at_V - parts[d], made.mesh, ngs.BND, **where))[here]
        found.append((corners[here].mean(axis=1), area, 1e-3 * flow / area / solution.impedance_ohm_m2[k]))
    places, areas, densities = (np.concatenate(c) for c in zip(*found, strict=True))
    return places, areas, densities


def _map(owner: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells over a contact: places around (along its surface, from its middle) and along it, and their points."""
    contact, on = owner
    if isinstance(contact, Contact) and isinstance(on, Lead | Cuff):
        radius, length, span = on.radius_mm, contact.length_mm, np.deg2rad(contact.span_deg)
        around, along = _cells(radius * span), contact.along_mm + _cells(length)
        a, z = np.meshgrid(around / radius + np.deg2rad(contact.around_deg), along, indexing="ij")
        sideways = np.cross(on.axis, on.across)
        out = np.cos(a)[..., None] * on.across + np.sin(a)[..., None] * sideways
        return around, along, on.origin_mm + radius * out + z[..., None] * on.axis
    if isinstance(contact, Pad) and on is not None:
        around, along = _cells(contact.around_mm), contact.along_mm + _cells(contact.extent_mm)
        a, z = np.meshgrid(around / on + np.deg2rad(contact.around_deg), along, indexing="ij")
        return around, along, np.stack([on * np.cos(a), on * np.sin(a), z], axis=-1)
    return np.zeros(0), np.zeros(0), np.zeros((0, 0, 3))


def _cells(size_mm: float) -> np.ndarray:
    return ((np.arange(_CELLS) + 0.5) / _CELLS - 0.5) * size_mm
