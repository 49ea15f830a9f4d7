"""Strength-duration fits."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WeissFit:
    rheobase_mA: float
    chronaxie_us: float


def weiss_fit(width_us, threshold_mA):
    A = np.stack([1 / threshold_mA, 1 / (width_us * threshold_mA)], 1)
    b, bt = np.linalg.lstsq(A, np.ones(len(width_us)), rcond=None)[0]
    return WeissFit(float(b), float(bt / b))
