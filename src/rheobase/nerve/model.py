"""What a fibre model is: geometry, gates and currents, as data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of the membrane.

    Parameters
    ----------
    name : str
        As in the paper.
    rates : callable
        ``(v_mV, temperature_C) -> (alpha, beta)`` in 1/ms, vectorised over the potential.

    Examples
    --------
    >>> gate = Gate(name="n", rates=lambda v, t: (0.1 + 0 * v, 0.3 + 0 * v))
    >>> steady, tau_ms = gate.steady_and_tau(np.array([-80.0]), 37.0)
    >>> float(steady[0]), float(tau_ms[0])
    (0.25, 2.5)
    """

    name: str
    rates: Callable[[Array, float], tuple[Array, Array]]

    def steady_and_tau(self, v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
        """Steady state (0 to 1) and time constant (ms) at each potential."""
        alpha, beta = self.rates(v_mV, temperature_C)
        return alpha / (alpha + beta), 1.0 / (alpha + beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """One ionic current: conductance times the product of its gates times the distance from its reversal.

    Parameters
    ----------
    name : str
        Key of its conductance in the geometry.
    gates : tuple of str
        Gate names, repeated for powers: ``("m", "m", "m", "h")``.
    reversal_mV : float
        Reversal potential.

    Examples
    --------
    >>> Current(name="fast_sodium", gates=("m", "m", "m", "h"), reversal_mV=50.0).gates
    ('m', 'm', 'm', 'h')
    """

    name: str
    gates: tuple[str, ...]
    reversal_mV: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Internodes:
    """Geometry and membrane of internodes, one entry each; every array has shape (n,).

    Parameters
    ----------
    fibre_um, node_um, axon_um : array
        Diameters outside the myelin, of the node (and the paranode beside it), and of the axon elsewhere.
    length_um, paranode_um : array
        Node-to-node distance; length of the second paranodal segment (FLUT).
    lamellae : array
        Number of myelin lamellae.
    conductance_S_per_cm2 : array, shape (currents, n)
        Largest conductance of each current at the node.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> float(fibre_model("mrg_discrete").internodes(np.array([10.0])).length_um[0])
    1150.0
    """

    fibre_um: Array
    node_um: Array
    axon_um: Array
    length_um: Array
    paranode_um: Array
    lamellae: Array
    conductance_S_per_cm2: Array

    def take(self, index: NDArray[np.intp]) -> Internodes:
        """Return the chosen internodes, in the order given."""
        return Internodes(
            fibre_um=self.fibre_um[index],
            node_um=self.node_um[index],
            axon_um=self.axon_um[index],
            length_um=self.length_um[index],
            paranode_um=self.paranode_um[index],
            lamellae=self.lamellae[index],
            conductance_S_per_cm2=self.conductance_S_per_cm2[:, index],
        )

    @staticmethod
    def join(parts: list[Internodes]) -> Internodes:
        """Put internodes of several kinds into one set."""
        names = ("fibre_um", "node_um", "axon_um", "length_um", "paranode_um", "lamellae", "conductance_S_per_cm2")
        return Internodes(**{n: np.concatenate([getattr(p, n) for p in parts], axis=-1) for n in names})


class FibreModel(ABC):
    """A published fibre model: how a diameter becomes internodes, and what the nodal membrane does."""

    __slots__ = ()
    name: str
    rest_mV: float
    gates: tuple[Gate, ...]
    currents: tuple[Current, ...]
    rows: tuple[str, ...]

    @abstractmethod
    def internodes(self, diameter_um: Array) -> Internodes:
        """Geometry of a fibre of each diameter; raises ParameterError where the model has none."""
