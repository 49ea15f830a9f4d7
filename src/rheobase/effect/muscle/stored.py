"""The thresholds of a muscle's units over people as plain arrays and back, so that they can be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import MappedPart
from rheobase.effect.muscle.pool import motor_unit_pool
from rheobase.effect.muscle.reach import muscle_shares, unit_muscles
from rheobase.effect.muscle.reached import MuscleReach
from rheobase.field import Field

_SLOPE = "slope_"


def reach_arrays(reach: MuscleReach) -> dict[str, NDArray[Any]]:
    """All that a reach holds besides its field and what follows from the seed, as arrays by name.

    Parameters
    ----------
    reach : MuscleReach
        The reach.

    Examples
    --------
    Of a reach of 60 units they are ``fat_mm``, ``ln_mA``, ``rows`` and a slope for each thing that differs.

    >>> reach_arrays.__name__
    'reach_arrays'
    """
    slopes = {_SLOPE + name: np.asarray(values) for name, values in reach.slope.items()}
    return {"fat_mm": np.array(reach.fat_mm), "ln_mA": reach.ln_mA, "rows": np.array(reach.rows, dtype=str)} | slopes


def reach_from_arrays(
    part: MappedPart, field: Field, arrays: Mapping[str, NDArray[Any]], *, muscle: str, units: int, seed: int
) -> MuscleReach:
    """The reach again, for the same limb, pads, muscle and seed.

    Parameters
    ----------
    part : MappedPart
        The limb of the middle person, as `MuscleReach` holds it.
    field : Field
        Its field.
    arrays : mapping
        As made by `reach_arrays`.
    muscle : str
        Muscle or group.
    units, seed : int
        What the units were drawn with.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not those of so many units.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> from rheobase.effect import muscle_reach
    >>> from rheobase.montage import usual_montage
    >>> from rheobase.pulse import biphasic
    >>> thigh = Thigh()
    >>> one = muscle_reach(thigh, usual_montage(thigh), biphasic(width_us=300.0), muscle="quadriceps", units=20,
    ...                    spread=False)
    >>> again = reach_from_arrays(one.part, one.field, reach_arrays(one), muscle="quadriceps", units=20, seed=1)
    >>> bool((again.thresholds_mA() == one.thresholds_mA()).all())
    True
    """
    if arrays["ln_mA"].shape != (len(arrays["fat_mm"]), units):
        raise ValueError(f"stored thresholds of {arrays['ln_mA'].shape[-1]} units do not belong to {units}")
    pool = motor_unit_pool(units=units, seed=seed)
    return MuscleReach(
        part=part,
        field=field,
        pool=pool,
        owner=unit_muscles(pool, muscle_shares(part, muscle)),
        fat_mm=tuple(float(f) for f in arrays["fat_mm"]),
        ln_mA=arrays["ln_mA"],
        slope={name.removeprefix(_SLOPE): v for name, v in arrays.items() if name.startswith(_SLOPE)},
        rows=tuple(str(r) for r in arrays["rows"]),
    )
