"""Sweeney's mammalian fibre (Sweeney, Mortimer, Durand 1987): rabbit node warmed to 37 C, insulated internodes.

The membrane is that of Chiu et al. (1979), and the CRRSS membrane of other authors.
"""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._rates import sigmoid
from rheobase.tables import row


def _m(v: Array, _: float) -> tuple[Array, Array]:
    alpha = (126.0 + 0.363 * v) * sigmoid(v + 49.0, 5.3)
    return alpha, alpha * np.exp(-(v + 56.2) / 4.17)


def _h(v: Array, _: float) -> tuple[Array, Array]:
    beta = 15.6 * sigmoid(v + 56.0, 10.0)
    return beta * np.exp(-(v + 74.5) / 5.0), beta


class Sweeney(FibreModel):
    """Two gates, at 37 C only."""

    __slots__ = ()
    name = "sweeney"
    rest_mV = -80.0
    cable = "insulated"
    capacitance_uF_per_cm2 = 2.5
    rho_axial_ohm_cm = 54.7
    node_length_um = 1.5
    gates = (Gate(name="m", rates=_m), Gate(name="h", rates=_h))
    rows = ("fibres.sweeney",)

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Sodium and leak."""
        p = row("fibres.sweeney")
        return (
            Current(name="sodium", gates=("m", "m", "h"), reversal_mV=p["sodium_mV"]),
            Current(name="leak", gates=(), reversal_mV=p["leak_mV"]),
        )

    def internodes(self, diameter_um: Array) -> Internodes:
        """Nodes every hundred diameters, 0.6 diameters thick."""
        d = above_zero(diameter_um)
        p = row("fibres.sweeney")
        conductance = [p["sodium_S_per_cm2"], p["leak_S_per_cm2"]]
        return single_cable(d, p["axon_over_fibre"] * d, p["length_over_diameter"] * d, conductance)


def above_zero(diameter_um: Array) -> Array:
    """Return the diameters as an array, or refuse those that are not above 0.

    Examples
    --------
    >>> above_zero(np.array([1.0])).tolist()
    [1.0]
    """
    d = np.asarray(diameter_um, dtype=float)
    if not (d > 0).all():
        raise ParameterError(f"diameter_um {d.min():g} um is not a diameter; it must be above 0.")
    return d


MODEL = Sweeney()
