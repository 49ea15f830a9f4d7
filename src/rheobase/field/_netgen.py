"""The optional finite-element packages, loaded on first use."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import ModuleType
from typing import IO, NamedTuple

from rheobase.errors import ParameterError

# What the mesher prints, past every setting of its own, when a try fails and a finer one follows.
_CHATTER = (b" WARNING: ", b"el1 = ", b"el2 = ", b"layer1 = ", b"layer2 = ", b"Meshing of domain ")
_ONE_AT_A_TIME = threading.Lock()


class Packages(NamedTuple):
    """Solver, shapes and meshes."""

    ngsolve: ModuleType
    occ: ModuleType
    meshing: ModuleType


def packages() -> Packages:
    """NGSolve with Netgen's shapes and meshes.

    Raises
    ------
    ParameterError
        If NGSolve is not installed.
    """
    try:
        import ngsolve
        from netgen import meshing, occ
    except ImportError as error:
        raise ParameterError(
            f"Finite elements need NGSolve, which cannot be imported ({error}). Install it with:"
            " pip install 'rheobase[fem]'"
        ) from error
    ngsolve.ngsglobals.msg_level = 0  # it would report every step on the terminal
    return Packages(ngsolve, occ, meshing)


@contextmanager
def hushed() -> Iterator[None]:
    """Keep what the mesher prints off the terminal; whatever else is printed meanwhile appears afterwards."""
    with _ONE_AT_A_TIME, ExitStack() as after:
        for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
            with suppress(OSError, ValueError, AttributeError):  # a program without a terminal may have none
                stream.flush()
                held = after.enter_context(tempfile.TemporaryFile())
                after.callback(_restore, descriptor, os.dup(descriptor), held)
                os.dup2(held.fileno(), descriptor)
        yield


def _restore(descriptor: int, saved: int, held: IO[bytes]) -> None:
    os.dup2(saved, descriptor)
    held.seek(0)
    kept = b"".join(line for line in held if not line.startswith(_CHATTER))
    with suppress(OSError):
        os.write(saved, kept)
    os.close(saved)
