"""The MRG myelinated fibre, published diameters (McIntyre, Richardson, Grill 2002).

Nodal kinetics at 20 C (36 C for the slow potassium gate), scaled by the Q10 of each gate.
"""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.model import Array, Current, FibreModel, Gate, Internodes
from rheobase.nerve.models._rates import linoid
from rheobase.tables import row


def _q10(base: float, reference_C: float, temperature_C: float) -> float:
    return base ** ((temperature_C - reference_C) / 10.0)


# The published code holds each rate at a constant once the potential leaves -150 to 150 mV. The constants do not
# continue the formulas; they are a switch, and matter only for strong pulses close to a source.


def _persistent_m(v: Array, t: float) -> tuple[Array, Array]:
    alpha = np.where(v < -150.0, 0.00086725, linoid(0.01, 10.2, v + 27.0))
    beta = np.where(v > 150.0, 1.5855e-5, linoid(0.00025, 10.0, -(v + 34.0)))
    q = _q10(2.2, 20.0, t)
    return q * alpha, q * beta


def _fast_m(v: Array, t: float) -> tuple[Array, Array]:
    alpha = np.where(v < -150.0, 0.15733, linoid(1.86, 10.3, v + 21.4))
    beta = np.where(v > 150.0, 0.0057268, linoid(0.086, 9.16, -(v + 25.7)))
    q = _q10(2.2, 20.0, t)
    return q * alpha, q * beta


def _fast_h(v: Array, t: float) -> tuple[Array, Array]:
    alpha = np.where(v > 150.0, 0.0032594, linoid(0.062, 11.0, -(v + 114.0)))
    beta = np.where(v < -150.0, 0.0014054, 2.3 / (1.0 + np.exp(-(np.maximum(v, -400.0) + 31.8) / 13.4)))
    q = _q10(2.9, 20.0, t)
    return q * alpha, q * beta


def _slow_s(v: Array, t: float) -> tuple[Array, Array]:
    alpha = np.where(v < -150.0, 3.3484e-5, 0.3 / (1.0 + np.exp(-(np.maximum(v, -400.0) + 53.0) / 5.0)))
    beta = np.where(v < -150.0, 3.3484e-6, 0.03 / (1.0 + np.exp(-(np.maximum(v, -400.0) + 90.0))))
    q = _q10(3.0, 36.0, t)
    return q * alpha, q * beta


MRG_GATES = (
    Gate(name="mp", rates=_persistent_m),
    Gate(name="m", rates=_fast_m),
    Gate(name="h", rates=_fast_h),
    Gate(name="s", rates=_slow_s),
)


def mrg_currents() -> tuple[Current, ...]:
    """Nodal currents in the order of the conductances.

    Examples
    --------
    >>> [c.name for c in mrg_currents()]
    ['persistent_sodium', 'fast_sodium', 'slow_potassium', 'leak']
    """
    p = row("fibres.mrg_currents")
    return (
        Current(name="persistent_sodium", gates=("mp", "mp", "mp"), reversal_mV=p["sodium_mV"]),
        Current(name="fast_sodium", gates=("m", "m", "m", "h"), reversal_mV=p["sodium_mV"]),
        Current(name="slow_potassium", gates=("s",), reversal_mV=p["potassium_mV"]),
        Current(name="leak", gates=(), reversal_mV=p["leak_mV"]),
    )


def mrg_conductances(n: int, **changed_S_per_cm2: float) -> Array:
    """Conductances of n nodes, shape (4, n), with those named changed.

    Examples
    --------
    >>> mrg_conductances(1)[:, 0].tolist()
    [0.01, 3.0, 0.08, 0.007]
    """
    p = row("fibres.mrg_currents")
    names = ("persistent_sodium", "fast_sodium", "slow_potassium", "leak")
    values = [changed_S_per_cm2.get(name, p[f"{name}_S_per_cm2"]) for name in names]
    return np.repeat(np.array(values)[:, None], n, axis=1)


class MrgDiscrete(FibreModel):
    """MRG with the published table of diameters; no other diameter exists."""

    __slots__ = ()
    name = "mrg_discrete"
    rest_mV = -80.0
    gates = MRG_GATES
    rows = ("fibres.mrg_electrical", "fibres.mrg_currents", "fibres.mrg_discrete")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Nodal currents."""
        return mrg_currents()

    def internodes(self, diameter_um: Array) -> Internodes:
        """Look the diameters up in the published table."""
        p = row("fibres.mrg_discrete")
        wanted = np.asarray(diameter_um, dtype=float)
        known = np.array(p["fibre_um"])
        index = np.argmin(np.abs(known[None, :] - wanted[:, None]), axis=1)
        off = np.abs(known[index] - wanted) > 1e-6
        if off.any():
            raise ParameterError(
                f"diameter_um {wanted[off][0]:g} um is not one of MRG's published diameters"
                f" ({', '.join(f'{k:g}' for k in known)}). Take one of them, or the model 'mrg_interpolated'."
            )
        pick = {k: np.array(p[k])[index] for k in ("length_um", "node_um", "axon_um", "paranode_um", "lamellae")}
        return Internodes(fibre_um=known[index], conductance_S_per_cm2=mrg_conductances(len(index)), **pick)


MODEL = MrgDiscrete()
