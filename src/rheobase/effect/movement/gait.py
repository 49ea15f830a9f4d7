"""Normal walking: what hip, knee and ankle do over a stride."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from rheobase.tables import row

Array = NDArray[np.float64]
_JOINTS = ("hip", "knee", "ankle")
ROW = "movement.normal_gait"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stride:
    """Joint angles over strides.

    Parameters
    ----------
    hip_deg, knee_deg, ankle_deg : array
        Flexion; for the ankle dorsiflexion is positive.

    Examples
    --------
    >>> gait_at([0.5]).ankle_deg.round(1).tolist()
    [10.0]
    """

    hip_deg: Array
    knee_deg: Array
    ankle_deg: Array

    @property
    def shank_back_deg(self) -> Array:
        """How far the shank leans behind the vertical, as a tilt sensor below the knee sees it."""
        return self.knee_deg - self.hip_deg


def gait_at(phase: ArrayLike) -> Stride:
    """Joint angles at shares of the stride, which begins at heel strike.

    Parameters
    ----------
    phase : array
        Share of the stride; 1.25 is a quarter of the second stride.

    Returns
    -------
    Stride

    Examples
    --------
    >>> swing = gait_at([0.62, 0.75])
    >>> swing.knee_deg.round(1).tolist()
    [40.0, 60.0]
    """
    at = np.mod(np.asarray(phase, float), 1.0)
    hip, knee, ankle = (_curve(j)(at) for j in _JOINTS)
    return Stride(hip_deg=hip, knee_deg=knee, ankle_deg=ankle)


@cache
def _curve(joint: str) -> PchipInterpolator:
    """A curve that keeps between the given angles; one stride more on either side makes it periodic."""
    r = row(ROW)
    phase, angle = np.array(r["phase_percent"]) / 100.0, np.array(r[f"{joint}_deg"])
    return PchipInterpolator(np.concatenate([phase - 1, phase, phase + 1]), np.tile(angle, 3))
