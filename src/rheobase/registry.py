"""Find what is plugged in: fibre models, anatomies, electrodes, effects, modalities, devices, safety rules.

A member is announced by an entry point of the installed package that brings it. What Rheobase ships is announced
in its own ``pyproject.toml``, in exactly the way a third party would do it::

    [project.entry-points."rheobase.modalities"]
    tens = "rheobase.modality.tens:Tens"

Nothing is imported until it is asked for by name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from rheobase.errors import ParameterError, RheobaseError, near_name

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "fibres": "fibre model",
        "anatomies": "anatomy",
        "electrodes": "electrode",
        "effects": "effect",
        "force_models": "force model",
        "modalities": "modality",
        "devices": "device",
        "safety_rules": "safety rule",
    }
)
"""Plural of each kind, which ends the name of its entry-point group, and its plain name."""


def members(kind: str) -> tuple[str, ...]:
    """Names of all members of one kind, sorted.

    Parameters
    ----------
    kind : str
        One of `KINDS`, such as ``"modalities"``.

    Returns
    -------
    tuple of str
        Empty where no installed package offers any.

    Raises
    ------
    ParameterError
        If there is no such kind.

    Examples
    --------
    >>> "tens" in members("modalities")
    True
    """
    return tuple(sorted(_found(kind)))


def get(kind: str, name: str) -> Any:
    """Load one member.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name : str
        One of ``members(kind)``.

    Returns
    -------
    object
        What the entry point names: a class, a function or an object.

    Raises
    ------
    ParameterError
        If kind or name is unknown, or if two packages claim the same name.
    RheobaseError
        If the member cannot be imported; the message names the package that brought it.

    Examples
    --------
    >>> get("modalities", "tens").id
    'tens'
    """
    found = _found(kind)
    if name not in found:
        hint = near_name(name, found) if found else " None is installed; reinstall Rheobase with: pip install -e ."
        raise ParameterError(f"There is no {KINDS[kind]} '{name}'.{hint}")
    offers = found[name]
    offer = offers[0]
    if len(offers) > 1:
        packages = " and ".join(sorted({_package(p) for p in offers}))
        raise ParameterError(
            f"The {KINDS[kind]} '{name}' is offered more than once, by {packages}. Uninstall one, or have it renamed."
        )
    try:
        return offer.load()
    except Exception as cause:
        raise RheobaseError(
            f"The {KINDS[kind]} '{name}' of package {_package(offer)} cannot be loaded from '{offer.value}':"
            f" {cause}. Repair or uninstall that package."
        ) from cause


def _found(kind: str) -> Mapping[str, tuple[EntryPoint, ...]]:
    if kind not in KINDS:
        raise ParameterError(f"There is no kind of plug-in '{kind}'.{near_name(kind, KINDS)}")
    return _search(kind, tuple(sys.path))


@cache
def _search(kind: str, path: tuple[str, ...]) -> Mapping[str, tuple[EntryPoint, ...]]:
    # Keyed by the import path, so that a package made importable later is seen.
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=f"rheobase.{kind}"):
        offers = found.setdefault(point.name, [])
        if all((p.value, _package(p)) != (point.value, _package(point)) for p in offers):
            offers.append(point)
    return MappingProxyType({name: tuple(offers) for name, offers in found.items()})


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unnamed package"
