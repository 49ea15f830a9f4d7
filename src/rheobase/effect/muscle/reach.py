"""At which current each motor unit under a pad fires: the place, depth and diameter of its axon decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import Forearm
from rheobase.effect._draws import draw_fibres, read_mA
from rheobase.effect.muscle.pool import MotorUnitPool
from rheobase.effect.virtual import make_library, middle_body
from rheobase.field import Field
from rheobase.montage import Montage
from rheobase.nerve import TrunkFibre, stimulus_of, trunk_thresholds
from rheobase.pulse import Pulse
from rheobase.tables import row

Array = NDArray[np.floating[Any]]


def unit_thresholds_mA(
    pool: MotorUnitPool, limb: Forearm, montage: Montage, pulse: Pulse, *, nerve: str | None = None, seed: int = 1
) -> Array:
    """Threshold of every unit of a pool whose axons end under the pad over the muscle.

    Endings are spread under the pad, over depths and ways of reaching them as those of the motor fibres that make the
    first twitch. Single pulses; the middle limb.

    Parameters
    ----------
    pool : MotorUnitPool
        The units.
    limb : Forearm
        The limb.
    montage : Montage
        Its pads.
    pulse : Pulse
        Waveform of the active pad.
    nerve : str, optional
        The nerve whose trunk the axons come from, if they may be excited there as well: whichever needs less current.
    seed : int
        The same seed puts the endings in the same places.

    Returns
    -------
    array
        Thresholds in the order of the pool.

    Examples
    --------
    >>> from rheobase.effect import motor_unit_pool
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.pulse import biphasic
    >>> arm, pool = Forearm(), motor_unit_pool(units=100)
    >>> found = unit_thresholds_mA(pool, arm, pad_pair(arm), biphasic(width_us=300.0))
    >>> order = np.argsort(np.argsort(found))  # neither weak units first, nor strong ones
    >>> bool(abs(np.corrcoef(order, np.arange(100))[0, 1]) < 0.6)
    True
    """
    library = make_library(limb, montage, stimulus_of(pulse), spread=False)
    body = middle_body(limb)
    key = next(k for k in library.grids if k[0] == "A-alpha")
    grid = library.grids[key]
    drawn = draw_fibres(grid, body, len(pool.axon_um), np.random.default_rng([seed, pool.seed]))
    endings = read_mA(grid, library.ln_of_body(key, body), replace(drawn, diameter_um=pool.axon_um))
    if nerve is None:
        return endings
    return np.minimum(endings, _in_trunk_mA(pool, library.field, nerve, pulse))


def _in_trunk_mA(pool: MotorUnitPool, field: Field, nerve: str, pulse: Pulse) -> Array:
    """Threshold of each axon in the trunk of a nerve: simulated at some diameters, read off between them."""
    knots = np.array(row("populations.grid")["a_alpha_um"])
    path = field.anatomy.nerve(nerve)
    fibres = [TrunkFibre(kind="A-alpha", diameter_um=float(d), path=path) for d in knots]
    found = trunk_thresholds(field, fibres, stimulus_of(pulse)).threshold_mA
    known = np.isfinite(found)
    if not known.any():
        return np.full(len(pool.axon_um), np.inf)
    return np.exp(np.interp(np.log(pool.axon_um), np.log(knots[known]), np.log(found[known])))
