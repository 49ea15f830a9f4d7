"""Packages that only some users need: loaded when used, and named with their command when they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from rheobase.errors import MissingExtra

PACKAGES = {"mujoco": "movement", "myo_sim": "movement", "casadi": "optimal"}
"""Module to the extra that brings it."""


def need(module: str, what: str) -> ModuleType:
    """Import an optional module.

    Parameters
    ----------
    module : str
        One of `PACKAGES`.
    what : str
        What it is needed for, as the subject of a sentence.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtra
        If it is not installed; the message gives the command that installs it.

    Examples
    --------
    >>> need("math_that_nobody_has", "Counting")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.MissingExtra: Counting needs the package 'math_that_nobody_has', which is not installed. ...
    """
    try:
        return import_module(module)
    except ImportError as cause:
        extra = PACKAGES.get(module)
        command = f"pip install 'rheobase[{extra}]'" if extra else f"pip install {module}"
        raise MissingExtra(
            f"{what} needs the package '{module}', which is not installed. Install it with: {command}"
        ) from cause
