"""Thresholds of virtual people that were simulated before: a stronger or weaker pulse of one shape leaves them alone.

They are kept beside the fields, by limb, pads, pulse, seed and the source of the package.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from rheobase.anatomy import BodyPart, MappedPart
from rheobase.effect import Library, MuscleReach, living, make_library, muscle_reach
from rheobase.effect.muscle.reach import CELL_MM
from rheobase.effect.muscle.stored import reach_arrays, reach_from_arrays
from rheobase.effect.stored import library_arrays, library_from_arrays
from rheobase.effect.virtual import Solver
from rheobase.io.field_cache import cached_arrays, cached_field
from rheobase.montage import Montage
from rheobase.nerve import stimulus_of
from rheobase.pulse import Pulse

Progress = Callable[[float], None]


def cached_reach(
    part: MappedPart,
    montage: Montage,
    pulse: Pulse,
    *,
    muscle: str,
    units: int = 400,
    seed: int = 1,
    progress: Progress | None = None,
) -> MuscleReach:
    """`muscle_reach` with its spread over people, simulated only if it is not known.

    Parameters
    ----------
    part, montage, pulse, muscle, units, seed, progress
        As for `muscle_reach`.

    Examples
    --------
    Two amplitudes of one pulse share the thresholds, and so do scenarios with the same limb, pads and pulse.

    >>> cached_reach.__name__
    'cached_reach'
    """
    made: list[MuscleReach] = []

    def simulate() -> dict[str, np.ndarray]:
        made.append(muscle_reach(part, montage, pulse, muscle=muscle, units=units, seed=seed, solve=cached_field,
                                 progress=progress))  # fmt: skip
        return reach_arrays(made[0])

    known = cached_arrays((part, montage, pulse), "muscle reach", simulate, muscle=muscle, units=units, seed=seed)
    if not made:
        limb = living(part)
        with suppress(KeyError, ValueError):
            field = cached_field(limb, montage, cell_mm=CELL_MM)
            return reach_from_arrays(limb, field, known, muscle=muscle, units=units, seed=seed)
        simulate()
    return made[0]


def cached_library(
    limb: BodyPart,
    montage: Montage,
    pulse: Pulse,
    *,
    solve: Solver = cached_field,
    progress: Progress | None = None,
) -> Library:
    """`make_library` with its spread over people, simulated only if it is not known.

    Neither amplitude nor people, seed, criteria or measured thresholds go in: all of these can change at once.

    Parameters
    ----------
    limb, montage, solve, progress
        As for `make_library`.
    pulse : Pulse
        Waveform of the active pad.

    Examples
    --------
    >>> import os, tempfile
    >>> from unittest import mock
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.pulse import monophasic
    >>> arm = Forearm()
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     new, known = (cached_library(arm, pad_pair(arm), monophasic(width_us=200)) for _ in range(2))
    >>> known.grids == new.grids
    True
    """
    made: list[Library] = []
    field = solve(limb, montage)

    def simulate() -> dict[str, np.ndarray]:
        made.append(make_library(limb, montage, stimulus_of(pulse), solve=solve, progress=progress))
        return library_arrays(made[0])

    settings = {"method": field.method, "cells": field.cells}  # of the other bodies' fields too
    known = cached_arrays((limb, montage, pulse), "library", simulate, **settings)
    if not made:
        with suppress(KeyError, ValueError, TypeError):
            return library_from_arrays(limb, montage, field, known)
        simulate()
    return made[0]
