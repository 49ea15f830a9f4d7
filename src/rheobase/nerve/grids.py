"""Thresholds over whole grids of endings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.field import Field
from rheobase.nerve.endings import EndingGrid
from rheobase.nerve.laid import Ways, lay_endings
from rheobase.nerve.model import Array
from rheobase.nerve.threshold import Stimulus


@dataclass(frozen=True, slots=True, kw_only=True)
class GridThresholds:
    """Thresholds over grids of endings.

    Parameters
    ----------
    threshold_mA : mapping
        By (kind, pad), each of its grid's shape; NaN where none was found.
    factor : mapping
        Ratio of threshold and linear prediction, likewise; where a search in a like limb best begins.

    Examples
    --------
    >>> one = {("A-beta", "p"): np.ones(1)}
    >>> float(GridThresholds(threshold_mA=one, factor=one)["A-beta", "p"][0])
    1.0
    """

    threshold_mA: Mapping[tuple[str, str], Array]
    factor: Mapping[tuple[str, str], Array]

    def __getitem__(self, key: tuple[str, str]) -> Array:
        return self.threshold_mA[key]


def grid_thresholds(
    limb: BodyPart,
    field: Field,
    grids: Sequence[EndingGrid],
    stimulus: Stimulus,
    *,
    like: GridThresholds | None = None,
    ways: Ways | None = None,
    progress: Callable[[float], None] | None = None,
) -> GridThresholds:
    """Find the thresholds over whole grids.

    Parameters
    ----------
    limb : BodyPart
        The limb.
    field : Field
        Its field.
    grids : sequence of EndingGrid
        The grids, each of another kind or pad.
    stimulus : Stimulus
        Waveform of the active contact.
    like : GridThresholds, optional
        The same grids in a like limb: tells where to begin, which changes the effort and not the promise.
    ways : dict, optional
        As for `lay_endings`.
    progress : callable, optional
        Is told the share done.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import ending_grid, stimulus_from_segments
    >>> arm = Forearm()
    >>> pads = pad_pair(arm)
    >>> biphasic = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    >>> found = grid_thresholds(arm, solve_field(arm, pads), [ending_grid("A-beta", pads.pads[0])], biphasic)
    >>> found["A-beta", "proximal"].shape
    (4, 2, 4, 1, 3)
    """
    endings = [e for g in grids for e in g.endings()]
    factor = None
    if like is not None:
        factor = np.concatenate([like.factor[g.kind, g.pad].ravel() for g in grids])
        factor = np.where(np.isfinite(factor), factor, 1.0)
    laid = lay_endings(limb, field, endings, ways=ways)
    found = laid.thresholds(stimulus, guess_factor=factor, progress=progress)
    values = np.where(np.isfinite(found.threshold_mA) & (found.status == 0), found.threshold_mA, np.nan)
    cuts = np.cumsum([int(np.prod(g.shape)) for g in grids])[:-1]

    def shaped(flat: Array) -> dict[tuple[str, str], Array]:
        return {(g.kind, g.pad): v.reshape(g.shape) for g, v in zip(grids, np.split(flat, cuts), strict=True)}

    return GridThresholds(threshold_mA=shaped(values), factor=shaped(values / found.predicted_mA))
