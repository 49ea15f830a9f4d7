"""A mesh whose regions know their tissue and whose surfaces know their contact or sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.anatomy import Volume, depth_of
from rheobase.electrode import FarReturn
from rheobase.errors import ParameterError
from rheobase.field._netgen import packages
from rheobase.montage import Implanted, Montage

INSULATED = "insulated"
_FLAT_MM = 1e-6


@dataclass(frozen=True, slots=True)
class Material:
    """One region of the mesh: its name there, tissue, fibre direction, and how many sheets enclose it."""

    name: str
    tissue: int
    direction: tuple[float, float, float]
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Meshed:
    """Mesh with regions and surfaces.

    ``contacts`` maps a contact's place in the montage to (surface name, depth of the tissue on it) pairs; ``sheets``
    holds (surface name, sheet, depth outside it, depth inside it).
    """

    mesh: Any
    materials: tuple[Material, ...]
    contacts: dict[int, tuple[tuple[str, int], ...]]
    sheets: tuple[tuple[str, int, int, int], ...]


def name_surfaces(raw: Any, volume: Volume, montage: Montage | Implanted, materials: list[Material]) -> Meshed:
    """Name every surface of a raw mesh by what happens there, and wrap it up.

    Surfaces that already bear the name of a contact keep it, others become a sheet, the far return, or insulated.

    Raises
    ------
    ParameterError
        If a contact has no surface on a tissue, or regions inside the same number of sheets touch across one.
    """
    far = _far_return(montage)
    by_name = {m.name: m for m in materials}
    regions = [by_name[raw.GetMaterial(i + 1)] for i in range(raw.GetNDomains())]
    names = {c: i for i, c in enumerate(montage.names)}
    contacts: dict[int, list[tuple[str, int]]] = {i: [] for i in names.values()}
    sheets: list[tuple[str, int, int, int]] = []
    ends = _end_faces(raw)
    for face, fd in enumerate(raw.FaceDescriptors()):
        sides = [regions[d - 1] for d in (fd.domin, fd.domout) if d > 0]
        given = fd.bcname if fd.bcname in names else None
        if given is None and far is not None and len(sides) == 1 and fd.bcname != "insulation":
            given = far.name if far.on == "all" or not ends[face] else None
        name = INSULATED
        if given is not None and sides:
            name = f"{given}@{sides[0].depth}"
            contacts[names[given]].append((name, sides[0].depth))
        elif len(sides) == 2 and (found := _sheet_between(volume, *sides)):
            name = f"sheet {found[0]}@{found[1]}"
            sheets.append((name, *found))
        raw.SetBCName(fd.bc - 1, name)
    _check_contacts(contacts, montage)
    return Meshed(
        mesh=packages().ngsolve.Mesh(raw),
        materials=tuple(materials),
        contacts={i: tuple(dict.fromkeys(c)) for i, c in contacts.items()},
        sheets=tuple(dict.fromkeys(sheets)),
    )


def _far_return(montage: Montage | Implanted) -> FarReturn | None:
    electrodes = montage.electrodes if isinstance(montage, Implanted) else ()
    return next((e for e in electrodes if isinstance(e, FarReturn)), None)


def _sheet_between(volume: Volume, a: Material, b: Material) -> tuple[int, int, int] | None:
    """The sheet on a surface between two regions: its place, and the depths outside and inside it."""
    names = volume.tissues[a.tissue].name, volume.tissues[b.tissue].name
    parted = [i for i, s in enumerate(volume.sheets) if (names[0] in s.encloses) != (names[1] in s.encloses)]
    if not parted:
        return None
    if len(parted) > 1 or a.depth == b.depth:
        what = " and ".join(f"'{volume.sheets[i].name}'" for i in parted)
        raise ParameterError(
            f"'{names[0]}' and '{names[1]}' touch across the sheets {what}. Leave some tissue between two sheets."
        )
    return parted[0], min(a.depth, b.depth), max(a.depth, b.depth)


def _end_faces(raw: Any) -> list[bool]:
    """Whether each face is flat and lies at the lowest or highest z of the mesh."""
    z = np.asarray(raw.Coordinates())[:, 2]
    low = np.full(raw.GetNFaceDescriptors() + 1, np.inf)
    high = np.full(raw.GetNFaceDescriptors() + 1, -np.inf)
    elements = raw.Elements2D().NumPy()
    nodes = elements["nodes"][:, :3].astype(int) - 1
    np.minimum.at(low, elements["index"], z[nodes].min(axis=1))
    np.maximum.at(high, elements["index"], z[nodes].max(axis=1))
    flat = high - low < _FLAT_MM
    outer = (np.abs(low - z.min()) < _FLAT_MM) | (np.abs(high - z.max()) < _FLAT_MM)
    return list(map(bool, (flat & outer)[1:]))


def _check_contacts(contacts: dict[int, list[tuple[str, int]]], montage: Montage | Implanted) -> None:
    for i, faces in contacts.items():
        if not faces:
            raise ParameterError(
                f"Contact '{montage.names[i]}' touches no tissue: no current can leave it. Move its electrode into the"
                " body, or clear of bone and other electrodes."
            )


def materials_of(volume: Volume, pairs: list[tuple[int, tuple[float, float, float]]]) -> list[Material]:
    """Regions for (tissue, fibre direction) pairs."""
    depth = depth_of(volume)
    return [Material(f"region{k}", t, d, depth[volume.tissues[t].name]) for k, (t, d) in enumerate(pairs)]
