"""The recruitment curve read backwards: how strong to stimulate for a wanted share of the force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecruitmentCurve:
    """Share of a muscle's force over the stimulus: amplitude in mA, or width in us, whichever ``unit`` says.

    Parameters
    ----------
    stimulus : array
        Rising, 0 or above, at least two values.
    share : array
        Share at each, 0 to 1, never falling, and 0 at the first: at and below threshold there is no force.
    unit : str
        ``"mA"`` or ``"us"``.

    Raises
    ------
    ParameterError
        If the values are no recruitment curve.

    Examples
    --------
    >>> curve = RecruitmentCurve(stimulus=[10.0, 20.0, 40.0], share=[0.0, 0.5, 1.0], unit="mA")
    >>> curve.share_at(15.0), curve.stimulus_for(0.75), curve.stimulus_for(0.0)
    (0.25, 30.0, 0.0)
    """

    stimulus: Array
    share: Array
    unit: str

    def __post_init__(self) -> None:
        stimulus, share = (np.asarray(v, float) for v in (self.stimulus, self.share))
        object.__setattr__(self, "stimulus", stimulus)
        object.__setattr__(self, "share", share)
        if self.unit not in ("mA", "us"):
            raise ParameterError(f"unit is '{self.unit}'; a stimulus is counted in 'mA' or in 'us'.")
        if stimulus.ndim != 1 or stimulus.shape != share.shape or len(stimulus) < 2:
            raise ParameterError(
                f"stimulus holds {stimulus.size} and share {share.size} values; give two or more of each, as many."
            )
        if not (np.isfinite(stimulus).all() and np.isfinite(share).all() and stimulus[0] >= 0):
            raise ParameterError("A recruitment curve holds finite values, and stimuli of 0 or above.")
        if (np.diff(stimulus) <= 0).any() or (np.diff(share) < 0).any():
            raise ParameterError("A recruitment curve rises: sort it by the stimulus, and let no share fall.")
        if share[0] != 0 or not 0 < share[-1] <= 1:
            raise ParameterError(
                f"share goes from {share[0]:g} to {share[-1]:g}; it must be 0 at the threshold and end above 0, at"
                " most at 1."
            )

    @property
    def threshold(self) -> float:
        """Largest stimulus without any force, in the curve's unit."""
        return float(self.stimulus[np.flatnonzero(self.share == 0)[-1]])

    def share_at(self, stimulus: float) -> float:
        """Share of the force at a stimulus; beyond the curve the last."""
        return float(np.interp(stimulus, self.stimulus, self.share))

    def stimulus_for(self, share: float) -> float:
        """Smallest stimulus that gives a share of the force; 0 for none.

        Parameters
        ----------
        share : float
            Share wanted, 0 to 1. What lies above the curve gets its strongest stimulus.

        Raises
        ------
        ParameterError
            If the share lies outside 0 to 1.
        """
        if not 0 <= share <= 1:
            raise ParameterError(f"A share of {share} was asked for; it must lie within 0 to 1.")
        if share == 0:
            return 0.0
        above = int(np.searchsorted(self.share, min(share, self.share[-1])))
        low, high = self.share[above - 1], self.share[above]
        part = (min(share, self.share[-1]) - low) / (high - low)
        return float(self.stimulus[above - 1] + part * (self.stimulus[above] - self.stimulus[above - 1]))


def curve_of(model_share: Sequence[float], stimulus: Sequence[float], unit: str) -> RecruitmentCurve:
    """A curve from any computed shares: made rising, scaled to end at 1, cut to begin at its threshold.

    Parameters
    ----------
    model_share : sequence of float
        Force or share at each stimulus, 0 or above; noise that makes it fall is levelled.
    stimulus : sequence of float
        Rising stimuli.
    unit : str
        ``"mA"`` or ``"us"``.

    Raises
    ------
    ParameterError
        If nothing is recruited, or something without a stimulus.

    Examples
    --------
    >>> curve_of([0.0, 0.0, 2.0, 4.0], [0.0, 5.0, 10.0, 15.0], "mA").threshold
    5.0
    """
    share = np.maximum.accumulate(np.maximum(np.asarray(model_share, float), 0.0))
    given = np.asarray(stimulus, float)
    if not len(share) or not share[-1] > 0:
        raise ParameterError("Nothing is recruited by any of these stimuli. Raise them.")
    if share[0] > 0 and given[0] <= 0:
        raise ParameterError(
            f"At a stimulus of {given[0]:g} {unit} the share is {share[0]:g}; without one it must be 0."
        )
    if share[0] > 0:
        given, share = np.concatenate([[0.0], given]), np.concatenate([[0.0], share])
    keep = np.concatenate([[True], np.diff(share) > 0])
    first = int(np.flatnonzero(share > 0)[0]) - 1
    keep[:first], keep[first] = False, True
    return RecruitmentCurve(stimulus=given[keep], share=share[keep] / share[-1], unit=unit)
