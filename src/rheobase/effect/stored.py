"""The thresholds of a limb's endings over people as plain arrays and back, so that they can be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart
from rheobase.effect.virtual import Library
from rheobase.field import Field
from rheobase.montage import Montage
from rheobase.nerve import EndingGrid


def library_arrays(library: Library) -> dict[str, NDArray[Any]]:
    """All that a library holds besides its limb, pads and field, as arrays by name.

    Parameters
    ----------
    library : Library
        The library.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> grid = EndingGrid(kind="A-beta", pad="distal", diameters_um=(8.7,), depths_mm=(1.0,), places_mm=(45.0,),
    ...                   tapers=("short",), courses=("vertical",), around_deg=0.0)
    >>> arm, key = Forearm(), ("A-beta", "distal")
    >>> pads = pad_pair(arm)
    >>> library = Library(limb=arm, montage=pads, field=solve_field(arm, pads), grids={key: grid}, fat_mm=(5.0,),
    ...                   ln_mA={key: np.zeros((1, 1, 1, 1, 1, 1))}, slope={})
    >>> again = library_from_arrays(arm, pads, library.field, library_arrays(library))
    >>> again.grids == library.grids, again.fat_mm
    (True, (5.0,))
    """
    out: dict[str, Any] = {"fat_mm": np.array(library.fat_mm), "tissues": np.array(list(library.slope), dtype=str)}
    out["keys"] = np.array(list(library.grids), dtype=str)
    for i, (key, grid) in enumerate(library.grids.items()):
        out[f"ln_mA_{i}"] = library.ln_mA[key]
        for f in fields(grid):
            value = getattr(grid, f.name)
            if value is not None:
                out[f"{f.name}_{i}"] = np.array(value)
        for tissue, moved in library.slope.items():
            out[f"slope_{tissue}_{i}"] = moved[key]
    return out


def library_from_arrays(limb: BodyPart, montage: Montage, field: Field, arrays: Mapping[str, NDArray[Any]]) -> Library:
    """The library again, for the same limb and pads.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle of the population.
    montage : Montage
        Its pads.
    field : Field
        Their field.
    arrays : mapping
        As made by `library_arrays`.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not those of a library.

    Examples
    --------
    See `library_arrays`, of which it is the inverse.

    >>> library_from_arrays(None, None, None, {"fat_mm": np.ones(1), "keys": np.zeros((0, 2)), "tissues": []}).grids
    {}
    """
    keys = [(str(kind), str(pad)) for kind, pad in arrays["keys"]]
    return Library(
        limb=limb,
        montage=montage,
        field=field,
        grids={key: _grid(arrays, i) for i, key in enumerate(keys)},
        fat_mm=tuple(float(f) for f in arrays["fat_mm"]),
        ln_mA={key: arrays[f"ln_mA_{i}"] for i, key in enumerate(keys)},
        slope={str(t): {key: arrays[f"slope_{t}_{i}"] for i, key in enumerate(keys)} for t in arrays["tissues"]},
    )


def _grid(arrays: Mapping[str, NDArray[Any]], i: int) -> EndingGrid:
    given: dict[str, Any] = {}
    for f in fields(EndingGrid):
        if f"{f.name}_{i}" in arrays:
            value = arrays[f"{f.name}_{i}"].tolist()
            given[f.name] = tuple(value) if isinstance(value, list) else value
    return EndingGrid(**given)
