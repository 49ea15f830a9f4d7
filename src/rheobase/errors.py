"""Every error Rheobase raises, in one tree.

::

    RheobaseError
    ├── ParameterError (ValueError)   a value is impossible or out of its allowed range
    ├── UnitError (TypeError)         a quantity came with the wrong unit, or with none
    ├── TableError                    a data table lacks the row or key asked for, or is broken
    ├── ScenarioError                 a scenario file cannot be used: file, line, key and remedy
    ├── ConvergenceError              a solver did not reach its tolerance
    ├── Contraindicated               this person must not be treated in this way
    ├── LimitExceeded                 an output lies above a safety limit
    ├── Unstable                      a controlled movement ran away and was stopped
    ├── MissingExtra (ImportError)    an optional package is not installed
    └── DeviceError                   the stimulator
        ├── DeviceNotFound
        ├── DeviceTimeout
        ├── DeviceProtocol
        └── LeadOff

A message says what was given, what is allowed, whose limit it is, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RheobaseError(Exception):
    """Base of every error raised on purpose by Rheobase."""


class ParameterError(RheobaseError, ValueError):
    """A value is impossible or outside its allowed range."""


class UnitError(RheobaseError, TypeError):
    """A quantity came with the wrong unit, or with none where one is due."""


class TableError(RheobaseError):
    """A data table lacks what was asked of it, or is broken."""


class ScenarioError(RheobaseError):
    """A scenario cannot be used; the message names file, line, key and remedy."""


class ConvergenceError(RheobaseError):
    """A solver did not reach its tolerance."""


class Contraindicated(RheobaseError):
    """This person must not be treated in this way."""


class LimitExceeded(RheobaseError):
    """An output lies above a safety limit; nothing is emitted."""


class Unstable(RheobaseError):
    """A movement ran away, by its gains or its forces; the run was stopped."""


class MissingExtra(RheobaseError, ImportError):
    """An optional package is not installed; the message gives the command."""


class DeviceError(RheobaseError):
    """The stimulator failed or could not be used."""


class DeviceNotFound(DeviceError):
    """No stimulator answered."""


class DeviceTimeout(DeviceError):
    """The stimulator did not answer in time."""


class DeviceProtocol(DeviceError):
    """The stimulator said something that its protocol does not allow."""


class LeadOff(DeviceError):
    """An electrode has lost contact."""


def near_name(given: str, allowed: Iterable[str]) -> str:
    """Say which allowed name was probably meant.

    Parameters
    ----------
    given : str
        The name that is not known.
    allowed : iterable of str
        The names that are.

    Returns
    -------
    str
        ``" Did you mean 'x'?"``, or the list of allowed names where none is near.

    Examples
    --------
    >>> near_name("medain", ["median", "ulnar"])
    " Did you mean 'median'?"
    """
    names = sorted(allowed)
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else f" Known: {', '.join(names)}."
