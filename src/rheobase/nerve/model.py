"""What a fibre model is: geometry, gates and currents, as data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of the membrane.

    Parameters
    ----------
    name : str
        As in the paper.
    rates : callable, optional
        ``(v_mV, temperature_C) -> (alpha, beta)`` in 1/ms, vectorised over the potential.
    kinetics : callable, optional
        Instead of rates: ``(v_mV, temperature_C) -> (steady state, time constant in ms)``.

    Raises
    ------
    ParameterError
        If not exactly one of the two is given.

    Examples
    --------
    >>> gate = Gate(name="n", rates=lambda v, t: (0.1 + 0 * v, 0.3 + 0 * v))
    >>> steady, tau_ms = gate.steady_and_tau(np.array([-80.0]), 37.0)
    >>> float(steady[0]), float(tau_ms[0])
    (0.25, 2.5)
    """

    name: str
    rates: Callable[[Array, float], tuple[Array, Array]] | None = None
    kinetics: Callable[[Array, float], tuple[Array, Array]] | None = None

    def __post_init__(self) -> None:
        if (self.rates is None) == (self.kinetics is None):
            raise ParameterError(f"Gate '{self.name}' needs either rates or kinetics, and not both.")

    def steady_and_tau(self, v_mV: Array, temperature_C: float) -> tuple[Array, Array]:
        """Steady state (0 to 1) and time constant (ms) at each potential."""
        if self.kinetics is not None:
            return self.kinetics(v_mV, temperature_C)
        assert self.rates is not None  # checked when made
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
    """A published fibre model: how a diameter becomes internodes, and what the nodal membrane does.

    ``cable`` is ``"double"`` (axoplasm and periaxonal space, as MRG), ``"insulated"`` (nodes joined by internodes that
    only resist) or ``"continuous"`` (an unmyelinated fibre, every compartment a node). The other numbers below serve
    single cables; the double cable has its own table.
    """

    __slots__ = ()
    cable: str = "double"
    capacitance_uF_per_cm2: float = 2.0
    rho_axial_ohm_cm: float = 70.0
    node_length_um: float = 1.0
    passive_ends: bool = True
    name: str
    rest_mV: float
    gates: tuple[Gate, ...]
    currents: tuple[Current, ...]
    rows: tuple[str, ...]
    membrane: Any = None  # a Membrane where the currents are no list
    lingers: bool = False  # whether it may fire long after its potential came within a few mV of rest

    @abstractmethod
    def internodes(self, diameter_um: Array) -> Internodes:
        """Geometry of a fibre of each diameter; raises ParameterError where the model has none."""

    def area_um2(self, kinds: Internodes) -> Array:
        """Membrane area of the node that belongs to each internode."""
        length = kinds.length_um if self.cable == "continuous" else self.node_length_um
        return np.pi * kinds.node_um * length

    def coupling_uS(self, kinds: Internodes) -> Array:
        """Axial conductance from node to node of a single cable."""
        node = kinds.length_um if self.cable == "continuous" else np.full_like(kinds.length_um, self.node_length_um)
        between = kinds.length_um - node
        per_um = self.rho_axial_ohm_cm * 1e4 * 1e-6  # ohm cm over um2, in Mohm per um
        resistance = node / (np.pi * kinds.node_um**2 / 4) + between / (np.pi * kinds.axon_um**2 / 4)
        return 1.0 / (per_um * resistance)


def single_cable(
    diameter_um: Array, node_um: Array, length_um: Array, conductance_S_per_cm2: Sequence[float]
) -> Internodes:
    """Internodes of a single cable: no myelin layers, one conductance per current everywhere.

    Parameters
    ----------
    diameter_um, node_um, length_um : array, shape (n,)
        Fibre diameter, diameter of node and axon, node-to-node distance.
    conductance_S_per_cm2 : sequence of float
        Largest conductance of each current.

    Examples
    --------
    >>> ten = np.array([10.0])
    >>> single_cable(ten, 0.6 * ten, 100 * ten, [1.445, 0.128]).conductance_S_per_cm2.shape
    (2, 1)
    """
    none = np.zeros_like(diameter_um)
    return Internodes(
        fibre_um=diameter_um,
        node_um=node_um,
        axon_um=node_um,
        length_um=length_um,
        paranode_um=none,
        lamellae=none,
        conductance_S_per_cm2=np.repeat(np.array(conductance_S_per_cm2)[:, None], len(diameter_um), axis=1),
    )
