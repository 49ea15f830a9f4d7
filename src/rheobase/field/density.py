"""Current density under a pad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PEAK_WINDOW_MM = 3.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PadDensity:
    """Current density into the skin under one pad, per milliampere of the montage's drive.

    Attributes
    ----------
    name : str
        Pad.
    around_mm, along_mm : (a,), (b,) array
        Cell centres around (along the skin, from the pad's centre) and along the limb (limb coordinate).
    density_A_per_m2_per_mA : (a, b) array
        Current density normal to the skin within the contact, positive into the tissue, A/m2 per mA; NaN in cells
        that the pad covers by less than a quarter.
    mean_A_per_m2_per_mA : float
        Current of the pad over its area, signed.
    peak_A_per_m2_per_mA : float
        Largest magnitude of the mean over 3 mm squares (``PEAK_WINDOW_MM``); it sits at the edge. Without the window
        it would have no limit as cells shrink.

    Examples
    --------
    >>> PadDensity.__name__
    'PadDensity'
    """

    name: str
    around_mm: np.ndarray
    along_mm: np.ndarray
    density_A_per_m2_per_mA: np.ndarray
    mean_A_per_m2_per_mA: float
    peak_A_per_m2_per_mA: float
