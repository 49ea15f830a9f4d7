"""What every solver hands to `Field`: potential of every contact at points, and on half-planes."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from rheobase.errors import ParameterError

_ONLY_ELEMENTS = (
    "This solver gives potentials only. Solve with method='finite_elements' for field strength, current density and"
    " losses inside the tissue."
)


class PlaneSolution(ABC):
    """Potential of every contact on one half-plane through the axis."""

    __slots__ = ()

    @abstractmethod
    def at_V_per_A(self, r_mm: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Leads (contacts, n) at radii and places on the half-plane."""

    @abstractmethod
    def check(self, r_mm: np.ndarray, z_mm: np.ndarray) -> None:
        """Refuse points outside the body."""


class Solution(ABC):
    """Potential of every contact anywhere in the body; lead k has +1 A at contact k and -1/K A at each of K."""

    __slots__ = ()

    @abstractmethod
    def leads_V_per_A(self, points_mm: np.ndarray, *, exact: bool) -> np.ndarray:
        """Leads (contacts, n) at (n, 3) points; ``exact`` asks for the slow, most accurate way if there is one."""

    @abstractmethod
    def plane(self, around_deg: float) -> PlaneSolution:
        """The half-plane at one angle."""

    def fields_V_per_m_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Field strength of every lead at points: (contacts, n, 3)."""
        raise ParameterError(_ONLY_ELEMENTS)

    def sigma_S_per_m(self, points_mm: np.ndarray) -> np.ndarray:
        """Conductivity tensor at points: (n, 3, 3)."""
        raise ParameterError(_ONLY_ELEMENTS)

    def losses_ohm(self, shares: np.ndarray) -> dict[str, float]:
        """Power lost in each tissue, in the sheets and in the contacts, per squared current of a drive."""
        raise ParameterError(_ONLY_ELEMENTS)


def cylindrical(points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Radius mm, angle rad and z mm of (n, 3) points."""
    p = np.asarray(points_mm, dtype=float)
    if p.ndim != 2 or p.shape[1] != 3:
        raise ParameterError(f"points_mm has shape {p.shape}; it must be (n, 3): x, y, z in mm.")
    return np.hypot(p[:, 0], p[:, 1]), np.arctan2(p[:, 1], p[:, 0]), p[:, 2]
