"""Segmented images and meshes with their tables of labels, from files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rheobase.anatomy import Labels, MeshBody, Sheet, Tissue, image_body, mesh_body
from rheobase.errors import ScenarioError, near_name
from rheobase.tables import row

_KEYS = ("tissue", "name", "sigma_S_per_m", "sigma_transverse_S_per_m", "sigma_axial_S_per_m", "contact", "role")
_ROLES = ("insulator", "outside")
_KINDS = {"tetra": 4, "hexahedron": 8}
_LABEL_KEYS = ("gmsh:physical", "medit:ref", "label", "labels", "CellEntityIds", "region")
_TO_MM = {"mm": 1.0, "m": 1e3, "um": 1e-3}


def load_labels(path: str | Path) -> tuple[Labels, tuple[Sheet, ...]]:
    r"""Read a table of labels.

    Parameters
    ----------
    path : path
        TOML file with a table ``[labels.NUMBER]`` for each label: ``tissue`` (a row of the tissue table) or ``name``
        with ``sigma_S_per_m`` (or ``sigma_transverse_S_per_m`` and ``sigma_axial_S_per_m``), or ``contact`` with a
        name, or ``role`` (``"insulator"`` or ``"outside"``). Optional ``[sheets.NAME]`` with ``encloses`` (names of
        tissues) and ``resistance_ohm_m2``.

    Returns
    -------
    (Labels, tuple of Sheet)

    Raises
    ------
    ScenarioError
        If the file cannot be read or says something that is not known; the message names file and key.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "labels.toml"
    >>> _ = file.write_text("[labels.1]\ntissue = 'fat'\n[labels.7]\ncontact = 'c1'\n")
    >>> load_labels(file)[0].known
    (1, 7)
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read as a table of labels: {error}. Give a TOML file.") from error
    for key in data:
        if key not in ("labels", "sheets"):
            raise ScenarioError(f"{path}: unknown key '{key}'.{near_name(key, ('labels', 'sheets'))}")
    tissues: dict[int, Tissue] = {}
    contacts: dict[int, str] = {}
    roles: dict[str, list[int]] = {r: [] for r in _ROLES}
    for number, said in data.get("labels", {}).items():
        where = f"{path}: labels.{number}"
        if not number.lstrip("-").isdigit() or not isinstance(said, Mapping):
            raise ScenarioError(f"{where}: give each label as a table under its number, such as [labels.3].")
        for key in said:
            if key not in _KEYS:
                raise ScenarioError(f"{where}: unknown key '{key}'.{near_name(key, _KEYS)}")
        if "contact" in said:
            contacts[int(number)] = str(said["contact"])
        elif "role" in said:
            if said["role"] not in _ROLES:
                raise ScenarioError(f"{where}: unknown role '{said['role']}'.{near_name(str(said['role']), _ROLES)}")
            roles[said["role"]].append(int(number))
        else:
            tissues[int(number)] = _tissue(where, said)
    sheets = tuple(_sheet(f"{path}: sheets.{name}", name, said) for name, said in data.get("sheets", {}).items())
    labels = Labels(
        tissues=tissues,
        contacts=contacts,
        insulators=tuple(roles["insulator"]),
        outside=tuple(roles["outside"]),
    )
    return labels, sheets


def _tissue(where: str, said: Mapping[str, Any]) -> Tissue:
    if "tissue" in said:
        found = row(f"tissues.{said['tissue']}")
        across, along, rows = found["sigma_transverse_S_per_m"], found["sigma_axial_S_per_m"], (found.key,)
        return Tissue(name=str(said.get("name", said["tissue"])), sigma_transverse_S_per_m=across,
                      sigma_axial_S_per_m=along, rows=rows)  # fmt: skip
    across = said.get("sigma_transverse_S_per_m", said.get("sigma_S_per_m"))
    along = said.get("sigma_axial_S_per_m", said.get("sigma_S_per_m"))
    if "name" not in said or across is None or along is None:
        raise ScenarioError(
            f"{where}: is no tissue: give 'tissue' (a row of the tissue table), or 'name' with 'sigma_S_per_m', or"
            " 'contact', or 'role'."
        )
    return Tissue(name=str(said["name"]), sigma_transverse_S_per_m=float(across), sigma_axial_S_per_m=float(along))


def _sheet(where: str, name: str, said: Mapping[str, Any]) -> Sheet:
    try:
        return Sheet(name=name, encloses=tuple(said["encloses"]), resistance_ohm_m2=float(said["resistance_ohm_m2"]))
    except (KeyError, TypeError) as error:
        raise ScenarioError(f"{where}: give 'encloses' and 'resistance_ohm_m2' ({error}).") from error


def load_image(image: str | Path, labels: str | Path) -> MeshBody:
    """A labelled NIfTI image as a body of voxels.

    Parameters
    ----------
    image : path
        NIfTI file of whole numbers; its affine gives millimetres.
    labels : path
        Table of labels, see `load_labels`.

    Raises
    ------
    ScenarioError
        If nibabel is missing, or a file cannot be read.
    ParameterError
        For unknown labels, holes, islands and contacts on no tissue: what and where.

    Examples
    --------
    >>> load_image.__name__
    'load_image'
    """
    try:
        import nibabel
    except ImportError as error:
        raise ScenarioError("Images need nibabel. Install it with: pip install 'rheobase[imports]'") from error
    table, sheets = load_labels(labels)
    try:
        read: Any = nibabel.load(str(image))  # the class depends on the file
        values, affine = np.asanyarray(read.dataobj), np.asarray(read.affine)
    except Exception as error:
        raise ScenarioError(f"{image}: cannot be read as a NIfTI image: {error}.") from error
    return image_body(_whole(image, values), affine, table, membranes=sheets)


def load_mesh(mesh: str | Path, labels: str | Path, *, key: str | None = None, unit: str = "mm") -> MeshBody:
    """A tetrahedral (or hexahedral) mesh as a body, from any format that meshio reads.

    Parameters
    ----------
    mesh : path
        Such as a Gmsh, VTU or Medit file.
    labels : path
        Table of labels, see `load_labels`.
    key : str, optional
        Name of the cell data with the labels; found by itself where it is one of the usual ones.
    unit : {"mm", "m", "um"}
        Unit of the coordinates.

    Raises
    ------
    ScenarioError
        If meshio is missing, a file cannot be read, or there are no labels.
    ParameterError
        For unknown labels, holes, islands and contacts on no tissue: what and where.

    Examples
    --------
    >>> load_mesh.__name__
    'load_mesh'
    """
    read = read_mesh(mesh)
    scale = scale_to_mm(unit)
    table, sheets = load_labels(labels)
    kinds = [k for k in _KINDS if any(block.type == k for block in read.cells)]
    if len(kinds) != 1:
        kept = sorted({block.type for block in read.cells})
        raise ScenarioError(f"{mesh}: holds {', '.join(kept)}; give tetrahedra, or hexahedra, and not both.")
    names = list(read.cell_data)
    chosen = key or next((k for k in _LABEL_KEYS if k in names), None)
    if chosen is None or chosen not in names:
        raise ScenarioError(f"{mesh}: no cell data '{key or 'label'}' with labels.{near_name(key or 'label', names)}")
    at = [i for i, block in enumerate(read.cells) if block.type == kinds[0]]
    cells = np.concatenate([read.cells[i].data for i in at])
    values = np.concatenate([np.asarray(read.cell_data[chosen][i]) for i in at])
    nodes = scale * np.asarray(read.points, dtype=float)
    return mesh_body(nodes, cells, _whole(mesh, values), table, membranes=sheets)


def read_mesh(path: str | Path) -> Any:
    """A mesh file as meshio gives it.

    Raises
    ------
    ScenarioError
        If meshio is missing or the file cannot be read.

    Examples
    --------
    >>> read_mesh.__name__
    'read_mesh'
    """
    try:
        import meshio
    except ImportError as error:
        raise ScenarioError("Meshes need meshio. Install it with: pip install 'rheobase[imports]'") from error
    try:
        return meshio.read(path)
    except (Exception, SystemExit) as error:
        raise ScenarioError(f"{path}: cannot be read as a mesh: {error}.") from error


def scale_to_mm(unit: str) -> float:
    """Factor from a unit of length to mm.

    Raises
    ------
    ScenarioError
        If the unit is not mm, m or um.

    Examples
    --------
    >>> scale_to_mm("m")
    1000.0
    """
    if unit not in _TO_MM:
        raise ScenarioError(f"Unknown unit of length '{unit}'.{near_name(unit, _TO_MM)}")
    return _TO_MM[unit]


def _whole(path: str | Path, values: np.ndarray) -> np.ndarray:
    out = np.rint(values).astype(np.int64)
    if not np.array_equal(out, values):
        raise ScenarioError(f"{path}: labels are not whole numbers (such as {values.ravel()[0]}). Give a segmentation.")
    return out
