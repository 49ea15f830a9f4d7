"""Potentials that another program solved, from CSV and VTU files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rheobase.errors import ScenarioError, near_name
from rheobase.field import Field, sampled_field
from rheobase.io.labelled import read_mesh, scale_to_mm

_TO_V = {"V": 1.0, "mV": 1e-3}


def load_potentials(
    path: str | Path,
    shares: Mapping[str, float],
    *,
    current_mA: float,
    unit: str = "mm",
    potential_unit: str = "V",
    columns: tuple[str, str, str] = ("x", "y", "z"),
) -> Field:
    r"""A field from a file of sampled potentials.

    Parameters
    ----------
    path : path
        CSV file with a header (lines that begin with % or # are skipped, but the last of them may be the header, as
        COMSOL writes it), or a VTU or other mesh file with potentials as point data.
    shares : mapping
        For each column or point data that holds a potential (of one contact against the common return), the share of
        that contact.
    current_mA : float
        Current into the tissue at the contact that the potentials were solved with, not 0.
    unit : {"mm", "m", "um"}
        Unit of the coordinates.
    potential_unit : {"V", "mV"}
        Unit of the potentials.
    columns : tuple of str
        Columns of the coordinates in a CSV file.

    Returns
    -------
    Field
        For `recruit`, `activation_thresholds` and all that asks for potentials.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or a column is missing or no number: file, line and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "line.csv"
    >>> _ = file.write_text("x,y,z,V\n" + "\n".join(f"0,0,{z},{0.05 - 0.001 * z}" for z in range(6)))
    >>> field = load_potentials(file, {"V": 1.0}, current_mA=1.0)
    >>> round(float(field.drive_V_per_A([[0.0, 0.0, 2.5]])[0]), 6)
    47.5
    """
    if not (np.isfinite(current_mA) and current_mA):
        raise ScenarioError(f"{path}: current_mA is {current_mA} mA; give the current of the solution, not 0.")
    if potential_unit not in _TO_V:
        raise ScenarioError(f"Unknown unit of potential '{potential_unit}'.{near_name(potential_unit, _TO_V)}")
    scale = scale_to_mm(unit)
    if Path(path).suffix.lower() in (".csv", ".txt"):
        points, found = _csv(Path(path), list(shares), columns)
    else:
        read = read_mesh(path)
        points = np.asarray(read.points, dtype=float)
        found = {n: _data(path, read.point_data, n) for n in shares}
    potential = np.array([found[n] for n in shares]) * _TO_V[potential_unit] / (1e-3 * current_mA)
    return sampled_field(scale * points, potential, names=tuple(shares), shares=tuple(shares.values()))


def _data(path: str | Path, data: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if name not in data:
        raise ScenarioError(f"{path}: has no point data '{name}'.{near_name(name, data)}")
    return np.asarray(data[name], dtype=float).ravel()


def _csv(path: Path, names: list[str], columns: tuple[str, str, str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error}.") from error
    body = [(n, line) for n, line in enumerate(lines, start=1) if line.strip() and line.lstrip()[0] not in "%#"]
    said = [line.lstrip("%# ") for line in lines if line.strip() and line.lstrip()[0] in "%#"]
    heads = ([body[0][1]] if body else []) + said[::-1]
    wanted = [*columns, *names]
    header = next((h for h in (_split(h) for h in heads) if set(columns) <= set(h)), None)
    if header is None:
        raise ScenarioError(f"{path}: no header with the columns {', '.join(columns)}. Put one into the first line.")
    for name in wanted:
        if name not in header:
            raise ScenarioError(f"{path}: has no column '{name}'.{near_name(name, header)}")
    if body and _split(body[0][1]) == header:
        body = body[1:]
    at = [header.index(name) for name in wanted]
    values = np.array([_numbers(path, n, _split(line), at, wanted) for n, line in body], dtype=float)
    if not len(values):
        raise ScenarioError(f"{path}: holds no points.")
    return values[:, :3], {name: values[:, 3 + i] for i, name in enumerate(names)}


def _split(line: str) -> list[str]:
    return [c.strip() for c in next(csv.reader([line]))]


def _numbers(path: Path, line: int, cells: list[str], at: list[int], wanted: list[str]) -> list[float]:
    out = []
    for i, name in zip(at, wanted, strict=True):
        try:
            out.append(float(cells[i]))
        except (ValueError, IndexError):
            what = f"'{cells[i]}'" if i < len(cells) else "missing"
            raise ScenarioError(f"{path}, line {line}: column '{name}' is {what}; give a number.") from None
    return out
