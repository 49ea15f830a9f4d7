"""Fixtures: how a limb is held, and which muscles may pull it."""

from __future__ import annotations

from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row, table


def fixture_names() -> tuple[str, ...]:
    """Names of the fixtures, sorted.

    Examples
    --------
    >>> fixture_names()
    ('cycling', 'hand', 'seated_ankle', 'seated_knee', 'swing_leg', 'wrist')
    """
    return tuple(sorted(name for name, r in table("movement").items() if "model" in r))


def fixture(name: str) -> Row:
    """The table row of a fixture.

    Parameters
    ----------
    name : str
        One of `fixture_names`.

    Raises
    ------
    ParameterError
        If there is no such fixture; the message names the nearest.

    Examples
    --------
    >>> fixture("seated_knee")["joint"]
    'knee_angle_r'
    """
    if name not in fixture_names():
        raise ParameterError(f"There is no fixture '{name}'.{near_name(name, fixture_names())}")
    return table("movement")[name]
