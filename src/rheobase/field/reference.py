"""Reference solutions to compare a field with: a limb, its pads, and the potential at points, from one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from rheobase.anatomy import Layer, LayeredLimb, NervePath
from rheobase.electrode import Interface, Pad
from rheobase.errors import TableError
from rheobase.montage import Montage


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLimb(LayeredLimb):
    """A limb of given layers, with or without nerves: for reference problems and tests.

    Parameters
    ----------
    stack : tuple of Layer
        Layers from the inside out.
    length_mm : float
        Length, above 0.
    paths : tuple of NervePath
        Nerves, none unless given.

    Examples
    --------
    >>> skin = Layer(name="skin", outer_radius_mm=40, sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
    >>> PlainLimb(stack=(skin,)).radius_mm
    40
    """

    stack: tuple[Layer, ...]
    length_mm: float = 400.0
    paths: tuple[NervePath, ...] = field(default=())

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers from the inside out."""
        return self.stack

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerves by name."""
        return {path.name: path for path in self.paths}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LimbReference:
    """A reference solution: the problem and its answer.

    Attributes
    ----------
    title, method : str
        What it is and how it was made.
    anatomy : PlainLimb
        The limb.
    montage : Montage
        Pads in the order of the file; positive share where current enters the tissue.
    points_mm : (n, 3) array
        Where the potential is given.
    complete_V_per_A, uniform_V_per_A : (n,) array
        Potential with pads of the complete electrode model, and with even current density (NaN if not given).
    resistance_ohm : float
        Pad-to-pad resistance.

    Examples
    --------
    >>> limb_reference().points_mm.shape
    (200, 3)
    """

    title: str
    method: str
    anatomy: PlainLimb
    montage: Montage
    points_mm: np.ndarray
    complete_V_per_A: np.ndarray
    uniform_V_per_A: np.ndarray
    resistance_ohm: float


def limb_reference(path: str | Path | None = None) -> LimbReference:
    """Read a reference solution in the format of ``limb_field.json``.

    Parameters
    ----------
    path : path, optional
        File; the built-in reference limb if left out.

    Raises
    ------
    TableError
        If the file cannot be read as JSON or lacks a key; the message names file and key.

    Examples
    --------
    >>> limb_reference().resistance_ohm
    1353.325
    """
    source = files("rheobase.tables") / "reference" / "limb_field.json" if path is None else Path(path)
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
        return _parse(data)
    except (OSError, ValueError) as error:
        raise TableError(f"{source}: cannot be read as a reference field: {error}. Give a JSON file.") from error
    except KeyError as error:
        raise TableError(f"{source}: key {error} is missing. Follow the built-in limb_field.json.") from error


def _parse(data: Mapping[str, Any]) -> LimbReference:
    limb = data["limb"]
    stack = tuple(
        Layer(
            name=layer["name"],
            outer_radius_mm=layer["outer_radius_mm"],
            sigma_transverse_S_per_m=layer["sigma_radial_S_per_m"],
            sigma_axial_S_per_m=layer["sigma_axial_S_per_m"],
        )
        for layer in limb["layers"]
    )
    anatomy = PlainLimb(stack=stack, length_mm=limb["length_mm"])
    interface = Interface(series_ohm_m2=limb["contact_impedance_ohm_m2"])
    pads = tuple(_pad(p, anatomy.radius_mm, interface) for p in limb["pads"])
    columns, rows = list(data["columns"]), np.asarray(data["points"], dtype=float)
    uniform = "potential_uniform_current_pads_mV_per_mA"
    return LimbReference(
        title=data["title"],
        method=data["method"],
        anatomy=anatomy,
        montage=Montage(pads=pads),
        points_mm=rows[:, [columns.index(c) for c in ("x_mm", "y_mm", "z_mm")]],
        complete_V_per_A=rows[:, columns.index("potential_mV_per_mA")],
        uniform_V_per_A=rows[:, columns.index(uniform)] if uniform in columns else np.full(len(rows), np.nan),
        resistance_ohm=data["pad_to_pad_resistance_ohm"],
    )


def _pad(p: Mapping[str, Any], radius_mm: float, interface: Interface) -> Pad:
    low, high = p["theta_range_rad"]
    return Pad(
        name=p["name"],
        width_mm=(high - low) * radius_mm,
        length_mm=p["z_range_mm"][1] - p["z_range_mm"][0],
        along_mm=sum(p["z_range_mm"]) / 2,
        around_deg=float(np.rad2deg((low + high) / 2)),
        share=1.0 if "anode" in p["polarity"] else -1.0,
        interface=interface,
    )
