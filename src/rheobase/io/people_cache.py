"""Thresholds of virtual people that were simulated before: a stronger or weaker pulse of one shape leaves them alone.

They are kept beside the fields, by limb, pads, pulse, seed and the source of the package.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy as np

from rheobase.anatomy import BodyPart, MappedPart
from rheobase.effect import (
    EVENTS,
    Library,
    MuscleReach,
    Sensation,
    assess_sensation,
    criterion,
    draw_bodies,
    living,
    muscle_reach,
)
from rheobase.effect.muscle.reach import CELL_MM
from rheobase.effect.muscle.stored import reach_arrays, reach_from_arrays
from rheobase.io.field_cache import cached_arrays, cached_field
from rheobase.montage import Montage
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


def cached_sensation(
    limb: BodyPart,
    montage: Montage,
    pulse: Pulse,
    *,
    people: int,
    seed: int = 1,
    cell_mm: float,
    progress: Progress | None = None,
) -> Sensation:
    """`assess_sensation`, simulated only if it is not known; then without the grids of endings in its library.

    Parameters
    ----------
    limb, montage, pulse, people, seed, progress
        As for `assess_sensation`.
    cell_mm : float
        Size of the cells of its fields at the edges of the pads, above 0.

    Examples
    --------
    >>> cached_sensation.__name__
    'cached_sensation'
    """
    made: list[Sensation] = []
    solve = partial(cached_field, cell_mm=cell_mm)

    def simulate() -> dict[str, np.ndarray]:
        felt = assess_sensation(limb, montage, pulse, people=people, seed=seed, solve=solve, progress=progress)
        made.append(felt)
        keys = list(felt.middle)
        out = {"keys": np.array(keys, dtype=str), "fat_mm": np.array(felt.library.fat_mm)}
        for i, key in enumerate(keys):
            out |= {f"middle_{i}": felt.middle[key], f"people_{i}": np.stack([p[key] for p in felt.people])}
        return out

    known = cached_arrays((limb, montage, pulse), "sensation", simulate, people=people, seed=seed, cell_mm=cell_mm)
    if not made:
        with suppress(KeyError, ValueError):
            keys = [(str(kind), str(pad)) for kind, pad in known["keys"]]
            spread = [{k: known[f"people_{i}"][n] for i, k in enumerate(keys)} for n in range(people)]
            return Sensation(
                library=Library(limb=limb, montage=montage, field=solve(limb, montage), grids={},
                                fat_mm=tuple(float(f) for f in known["fat_mm"]), ln_mA={}, slope={}),
                criteria={e: criterion(e) for e in EVENTS},
                middle={k: known[f"middle_{i}"] for i, k in enumerate(keys)},
                people=tuple(spread),
                bodies=tuple(draw_bodies(limb, montage, people=people, seed=seed)),
                seed=seed,
            )  # fmt: skip
        simulate()
    return made[0]
