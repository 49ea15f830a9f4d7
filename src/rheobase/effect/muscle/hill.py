"""Length and velocity: what they leave of a muscle's force, as factors on the force itself.

They multiply the output, F = F_isometric FL FV + F0 FP. Multiplying the rate of change of force instead only slows a
muscle and leaves its plateau where it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import ParameterError
from rheobase.tables import row

Array = NDArray[np.floating[Any]]


def length_factor(length_relative: ArrayLike) -> Array:
    """Share of the active force at a fibre length.

    Parameters
    ----------
    length_relative : float or array
        Fibre length over its optimal length, above 0.

    Raises
    ------
    ParameterError
        If a length is not above 0.

    Examples
    --------
    >>> length_factor([0.6, 1.0, 1.4]).round(3).tolist()
    [0.3, 0.999, 0.378]
    """
    length = _lengths(length_relative)[..., None]
    b1, b2, b3, b4 = (np.array(row("muscle.degroote2016_length")[f"b{i}"]) for i in (1, 2, 3, 4))
    return np.sum(b1 * np.exp(-0.5 * (length - b2) ** 2 / (b3 + b4 * length) ** 2), axis=-1)


def velocity_factor(velocity_relative: ArrayLike) -> Array:
    """Factor on the active force at a fibre velocity, never below 0.

    Parameters
    ----------
    velocity_relative : float or array
        Velocity over the greatest (10 optimal lengths a second), lengthening positive.

    Examples
    --------
    >>> velocity_factor([-1.0, 0.0, 0.5]).round(3).tolist()
    [0.012, 1.002, 1.585]
    """
    d1, d2, d3, d4 = row("muscle.degroote2016_velocity")["d"]
    inner = d2 * np.asarray(velocity_relative, dtype=float) + d3
    return np.maximum(d1 * np.arcsinh(inner) + d4, 0.0)


def passive_factor(length_relative: ArrayLike) -> Array:
    """Passive force over the greatest isometric force; 0 up to the optimal length.

    Parameters
    ----------
    length_relative : float or array
        Fibre length over its optimal length, above 0.

    Raises
    ------
    ParameterError
        If a length is not above 0.

    Examples
    --------
    >>> passive_factor([0.8, 1.2, 1.6]).round(3).tolist()
    [0.0, 0.052, 1.0]
    """
    p = row("muscle.degroote2016_passive")
    rising = np.expm1(p["shape"] * (_lengths(length_relative) - 1.0) / p["strain"]) / np.expm1(p["shape"])
    return np.maximum(rising, 0.0)


def hill_factor(length_relative: ArrayLike, velocity_relative: ArrayLike = 0.0) -> Array:
    """Factor on the force of an isometric model: length times velocity.

    Parameters
    ----------
    length_relative : float or array
        Fibre length over its optimal length, above 0.
    velocity_relative : float or array
        Velocity over the greatest, lengthening positive.

    Raises
    ------
    ParameterError
        If a length is not above 0.

    Examples
    --------
    >>> print(f"{hill_factor(0.7, -0.25):.3f}")
    0.326
    """
    return length_factor(length_relative) * velocity_factor(velocity_relative)


def _lengths(length_relative: ArrayLike) -> Array:
    length = np.asarray(length_relative, dtype=float)
    if not (length > 0).all():
        raise ParameterError(
            f"length_relative is {length_relative!r}; a fibre is longer than 0 times its optimal length, 1 at optimum."
        )
    return length
