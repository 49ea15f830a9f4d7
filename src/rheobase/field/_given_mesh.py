"""A mesh made elsewhere, handed to the solver."""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import MeshBody, depth_of
from rheobase.anatomy._cells import neighbours
from rheobase.electrode import FarReturn, MeshContact
from rheobase.errors import ParameterError, near_name
from rheobase.field._meshed import INSULATED, Meshed, materials_of, name_surfaces
from rheobase.field._netgen import packages
from rheobase.montage import Implanted

_ALONG = (0.0, 0.0, 1.0)


def mesh_given(body: MeshBody, montage: Implanted) -> Meshed:
    """The mesh of a body with its contacts; the cells stay as they are.

    Raises
    ------
    ParameterError
        If the montage and the mesh do not name the same contacts.
    """
    _check_names(body, montage)
    meshing = packages().meshing
    materials = materials_of(body, [(i, _ALONG) for i in range(len(body.tissues))])
    raw = meshing.Mesh(dim=3)
    raw.AddPoints(np.ascontiguousarray(body.nodes_mm))
    for i, material in enumerate(materials):
        raw.AddElements(dim=3, index=i + 1, data=_of_int(body.cells[body.labels == i]), base=0)
        raw.SetMaterial(i + 1, material.name)
    for number, (name, sides, faces) in enumerate(_surfaces(body), start=1):
        raw.Add(meshing.FaceDescriptor(surfnr=number, domin=sides[0] + 1, domout=sides[1] + 1, bc=number))
        raw.AddElements(dim=2, index=number, data=_of_int(faces), base=0)
        raw.SetBCName(number - 1, name)
    return name_surfaces(raw, body, montage, materials)


def _of_int(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=np.int32)


def _check_names(body: MeshBody, montage: Implanted) -> None:
    own = [e.name for e in montage.electrodes if isinstance(e, MeshContact)]
    for name in own:
        if name not in body.surfaces:
            raise ParameterError(f"The mesh has no contact '{name}'.{near_name(name, body.surfaces)}")
    if len(own) + sum(isinstance(e, FarReturn) for e in montage.electrodes) < len(montage.electrodes):
        raise ParameterError(
            "A given mesh takes MeshContact and FarReturn only: leads and cuffs must be in the mesh itself, as labels."
        )
    for name in body.surfaces:
        if name not in own:
            raise ParameterError(f"Contact '{name}' of the mesh is not in the montage. Add it, with share 0 if unused.")


def _surfaces(body: MeshBody) -> list[tuple[str, tuple[int, int], np.ndarray]]:
    """Faces by name and the tissues on their two sides (-1 for none): contacts, the rim, and where sheets lie."""
    faces, first, second = neighbours(body.cells)
    on_contact = {tuple(sorted(map(int, f))[:3]): name for name, group in body.surfaces.items() for f in group}
    rim = np.flatnonzero(second < 0)
    names = np.array([on_contact.get(tuple(sorted(map(int, f))[:3]), INSULATED) for f in faces[rim]], dtype=object)
    out = []
    for name in dict.fromkeys(names):
        for tissue in np.unique(body.labels[first[rim[names == name]]]):
            at = rim[(names == name) & (body.labels[first[rim]] == tissue)]
            out.append((str(name), (int(tissue), -1), faces[at]))
    depth = depth_of(body)
    of_label = np.array([depth[t.name] for t in body.tissues])
    inner = np.flatnonzero(second >= 0)
    pair = np.sort(np.stack([body.labels[first[inner]], body.labels[second[inner]]]), axis=0)
    parted = of_label[pair[0]] != of_label[pair[1]]
    for a, b in np.unique(pair[:, parted], axis=1).T:
        out.append((INSULATED, (int(a), int(b)), faces[inner[(pair[0] == a) & (pair[1] == b)]]))
    return out
