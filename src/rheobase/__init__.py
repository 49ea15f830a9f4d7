"""Rheobase: electrical stimulation followed all the way, from the pulse to what the person feels.

For research, engineering and teaching. Not a medical device.

Public names load on first use, so that ``import rheobase`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME: dict[str, str] = {}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"rheobase.{_HOME[name]}"), name)
    raise AttributeError(f"module 'rheobase' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
