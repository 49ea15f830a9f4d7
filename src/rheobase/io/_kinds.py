"""The kinds of scenario file, by modality: which tables a file may have, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rheobase.errors import ScenarioError, near_name

Complaint = tuple[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of scenario file.

    Parameters
    ----------
    model : type
        The pydantic model of the whole file.
    across : callable
        Complaints about what one key alone cannot tell: pairs of (table, key) and message.
    plain : callable
        ``plain(model, folder, places)`` makes the frozen scenario.
    """

    model: Any
    across: Callable[[Any], Iterator[Complaint]]
    plain: Callable[[Any, Path, dict[str, str]], Any]


# A new kind of scenario is one line here, one in rheobase.scenario.run, and a file of its own in io and scenario.
_KINDS = {
    "tens": "rheobase.io._build:LIMB_OR_MUSCLE",
    "ems": "rheobase.io._build:LIMB_OR_MUSCLE",
    "nmes": "rheobase.io._build:LIMB_OR_MUSCLE",
    "fes": "rheobase.io.walking:WALKING",
}


def file_kind(raw: dict[str, Any]) -> FileKind:
    """The kind of a parsed file; one that names no modality is TENS.

    Raises
    ------
    ScenarioError
        If there is no such modality.
    """
    about = raw.get("scenario")
    modality = about.get("modality", "tens") if isinstance(about, dict) else "tens"
    if modality not in _KINDS:
        raise ScenarioError(f"scenario.modality is {modality!r}.{near_name(str(modality), _KINDS)}")
    module, _, name = _KINDS[modality].partition(":")
    return getattr(import_module(module), name)


def modalities() -> tuple[str, ...]:
    """Modalities that have a kind of file."""
    return tuple(_KINDS)
