"""A single fibre: which internodes it is made of, in which order, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.internode import compartment_centres_um
from rheobase.nerve.model import Array, FibreModel, Internodes
from rheobase.registry import get

PER_INTERNODE = 11  # one node and ten compartments


def fibre_model(name: str) -> FibreModel:
    """Find a fibre model by name.

    Parameters
    ----------
    name : str
        Such as ``"mrg_discrete"``.

    Raises
    ------
    ParameterError
        If no model has that name; the message names the nearest.

    Examples
    --------
    >>> fibre_model("mrg_discrete").rest_mV
    -80.0
    """
    return get("fibres", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre:
    """A myelinated fibre from its first node to its last.

    Parameters
    ----------
    model : FibreModel
        Gives gates, currents and rest.
    kinds : Internodes
        The different internodes that occur.
    sequence : int array, shape (internodes,)
        Which kind each internode is, from the first node on. A node takes the membrane of the internode after it.
    passive_ends : bool
        True: the two end nodes carry no channels and are cut off inside the axon, as in the usual reference
        simulations. False: they are active, and sealed.
    label : str
        Kind of fibre for people, such as ``"A-beta"``.
    diameter_um : float
        Diameter of the parent fibre.
    silent_nodes : int
        So many last nodes carry no channels. A fibre that is cut where the field has not died would otherwise be
        excited at the cut.

    Raises
    ------
    ParameterError
        If there are fewer than three internodes, or no node would be left with channels.

    Examples
    --------
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> fibre.nodes, fibre.length_mm
    (21, 23.0)
    """

    model: FibreModel
    kinds: Internodes
    sequence: NDArray[np.intp]
    passive_ends: bool
    label: str
    diameter_um: float
    silent_nodes: int = 0

    def __post_init__(self) -> None:
        if self.sequence.size < 3:
            raise ParameterError(f"A fibre of {self.sequence.size} internodes is too short; give at least 3 (4 nodes).")
        if not 0 <= self.silent_nodes <= self.sequence.size - 3:
            raise ParameterError(
                f"silent_nodes is {self.silent_nodes}; a fibre of {self.sequence.size + 1} nodes allows 0 to"
                f" {self.sequence.size - 3}. Make the fibre longer or silence fewer nodes."
            )

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.sequence.size + 1

    @property
    def node_arc_um(self) -> Array:
        """Distance of each node centre from the first, along the fibre."""
        return np.concatenate([[0.0], np.cumsum(self.kinds.length_um[self.sequence])])

    @property
    def length_mm(self) -> float:
        """Distance from the first node to the last."""
        return float(self.node_arc_um[-1] / 1000.0)

    @property
    def per_internode(self) -> int:
        """Compartments from one node to the next: eleven of a double cable, one of a single one."""
        return PER_INTERNODE if self.model.cable == "double" else 1

    @property
    def arc_um(self) -> Array:
        """Distance of every compartment centre from the first node: node, compartments of the internode, node, ..."""
        nodes = self.node_arc_um
        if self.model.cable != "double":
            return nodes
        inner = nodes[:-1, None] + compartment_centres_um(self.kinds)[self.sequence]
        return np.append(np.concatenate([nodes[:-1, None], inner], axis=1).ravel(), nodes[-1])


def uniform_fibre(
    model: str | FibreModel,
    *,
    diameter_um: float,
    nodes: int,
    passive_ends: bool | None = None,
    label: str = "",
    silent_nodes: int = 0,
    spacing_um: float | None = None,
) -> Fibre:
    """Make a fibre of one diameter.

    Parameters
    ----------
    model : str or FibreModel
        Such as ``"mrg_interpolated"``.
    diameter_um : float
        Within the range of the model.
    nodes : int
        At least 4.
    passive_ends : bool, optional
        See `Fibre`; by default as the model is published.
    label : str
        Kind of fibre for people.
    silent_nodes : int
        See `Fibre`.
    spacing_um : float, optional
        Length of the compartments of an unmyelinated fibre, above 0; by default the model's.

    Raises
    ------
    ParameterError
        For an unknown model or diameter, fewer than 4 nodes, or a spacing for a myelinated fibre.

    Examples
    --------
    >>> round(uniform_fibre("mrg_interpolated", diameter_um=6.0, nodes=21).length_mm, 4)
    11.1692
    """
    chosen = fibre_model(model) if isinstance(model, str) else model
    kinds = chosen.internodes(np.array([diameter_um]))
    if spacing_um is not None:
        if chosen.cable != "continuous" or not spacing_um > 0:
            raise ParameterError(
                f"spacing_um is {spacing_um:g} um for model '{chosen.name}'; only unmyelinated fibres take one."
            )
        kinds = replace(kinds, length_um=np.array([spacing_um]))
    return Fibre(
        model=chosen,
        kinds=kinds,
        sequence=np.zeros(nodes - 1, dtype=np.intp),
        passive_ends=chosen.passive_ends if passive_ends is None else passive_ends,
        label=label,
        diameter_um=diameter_um,
        silent_nodes=silent_nodes,
    )
