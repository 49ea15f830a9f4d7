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
_HALVINGS = 40
_SHORTEST = 0.01  # fibres shorter than this share of their optimum pull nothing


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


def tendon_factor(strain_relative: ArrayLike) -> Array:
    """Force in a stretched tendon over the strongest isometric force of its muscle; 0 where it is slack.

    Parameters
    ----------
    strain_relative : float or array
        Stretch over the slack length, 0 or below where it is slack.

    Examples
    --------
    >>> tendon_factor([-0.01, 0.0, 0.02, 0.049]).round(3).tolist()
    [0.0, 0.0, 0.216, 1.0]
    """
    t = row("muscle.degroote2016_tendon")
    c1, c2, c3 = t["c1"], t["c2"], t["c3"]
    stiffness = np.log((1.0 + c3) / c1) / (1.0 + t["strain_at_strongest"] - c2)
    return np.maximum(c1 * np.exp(stiffness * (1.0 + np.asarray(strain_relative, dtype=float) - c2)) - c3, 0.0)


def stretched_factor(path_relative: ArrayLike, slack_relative: ArrayLike, active_share: float = 1.0) -> Array:
    """Share of the strongest force that a muscle at rest holds, its tendon stretched by that same force.

    The fibres shorten by what the tendon gives, so that the best length of the whole lies further out than with a
    tendon that does not stretch.

    Parameters
    ----------
    path_relative : float or array
        Length of muscle and tendon together, over the optimal fibre length, above 0.
    slack_relative : float or array
        Slack length of the tendon over the optimal fibre length, above 0.
    active_share : float
        Share of the fibres that pull, 0 to 1.

    Raises
    ------
    ParameterError
        If a length is not above 0, or the share outside 0 to 1.

    Examples
    --------
    >>> print(f"{stretched_factor(4.5, 3.5):.2f} against {length_factor(1.0):.2f} at the optimal length")
    0.87 against 1.00 at the optimal length
    """
    path, slack = np.broadcast_arrays(_lengths(path_relative), _lengths(slack_relative))
    if not 0 <= active_share <= 1:
        raise ParameterError(f"active_share is {active_share}; it must lie within 0 to 1.")
    # A longer tendon leaves shorter fibres and pulls more: one crossing, found by halving on the force.
    low, high = (
        np.full(path.shape, 0.0),
        np.full(path.shape, 2.0 * row("muscle.degroote2016_tendon")["strain_at_strongest"]),
    )
    for _ in range(_HALVINGS):
        strain = 0.5 * (low + high)
        fibre = np.maximum(path - slack * (1.0 + strain), _SHORTEST)
        too_far = tendon_factor(strain) > active_share * length_factor(fibre)
        low, high = np.where(too_far, low, strain), np.where(too_far, strain, high)
    return tendon_factor(0.5 * (low + high))


def _lengths(length_relative: ArrayLike) -> Array:
    length = np.asarray(length_relative, dtype=float)
    if not (length > 0).all():
        raise ParameterError(
            f"length_relative is {length_relative!r}; a fibre is longer than 0 times its optimal length, 1 at optimum."
        )
    return length
