"""A single fibre: which internodes it is made of, in which order, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

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
    """A fibre from its first node to its last, with or without branches.

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
    parent : int array, shape (nodes,), optional
        The node before each node; -1 for the first, always an earlier one. Internode j leads from the parent of node
        j + 1 to node j + 1. By default a chain without branches.

    Raises
    ------
    ParameterError
        If there are fewer than three internodes, no node would be left with channels, or a parent is not an earlier
        node.

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
    parent: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        if self.sequence.size < 3:
            raise ParameterError(f"A fibre of {self.sequence.size} internodes is too short; give at least 3 (4 nodes).")
        if not 0 <= self.silent_nodes <= self.sequence.size - 3:
            raise ParameterError(
                f"silent_nodes is {self.silent_nodes}; a fibre of {self.sequence.size + 1} nodes allows 0 to"
                f" {self.sequence.size - 3}. Make the fibre longer or silence fewer nodes."
            )
        if self.parent is not None:
            before = np.asarray(self.parent)
            wrong = before.size != self.nodes or before[0] != -1
            wrong = wrong or not ((before[1:] >= 0) & (before[1:] < np.arange(1, before.size))).all()
            if wrong:
                raise ParameterError(
                    f"parent has {before.size} entries for a fibre of {self.nodes} nodes; give -1 for the first node"
                    " and an earlier node for every other."
                )

    @property
    def parents(self) -> NDArray[np.intp]:
        """The node before each node, -1 for the first."""
        return np.arange(-1, self.nodes - 1) if self.parent is None else self.parent

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.sequence.size + 1

    @property
    def node_arc_um(self) -> Array:
        """Distance of each node centre from the first, along the fibre."""
        if self.parent is None:
            return np.concatenate([[0.0], np.cumsum(self.kinds.length_um[self.sequence])])
        arc = np.zeros(self.nodes)
        for node, before in enumerate(self.parent[1:], start=1):
            arc[node] = arc[before] + self.kinds.length_um[self.sequence[node - 1]]
        return arc

    @property
    def length_mm(self) -> float:
        """Distance from the first node to the farthest."""
        return float(self.node_arc_um.max() / 1000.0)

    @property
    def per_internode(self) -> int:
        """Compartments from one node to the next: eleven of a double cable, one of a single one."""
        return PER_INTERNODE if self.model.cable == "double" else 1

    @property
    def arc_um(self) -> Array:
        """Distance of every compartment centre from the first node.

        In the order first node, compartments of internode 0, node 1, compartments of internode 1, node 2, ...
        """
        nodes = self.node_arc_um
        if self.model.cable != "double":
            return nodes
        inner = nodes[self.parents[1:], None] + compartment_centres_um(self.kinds)[self.sequence]
        return np.append(nodes[0], np.concatenate([inner, nodes[1:, None]], axis=1).ravel())


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
    return Fibre(
        model=chosen,
        kinds=_kinds(chosen, np.array([diameter_um]), spacing_um),
        sequence=np.zeros(nodes - 1, dtype=np.intp),
        passive_ends=chosen.passive_ends if passive_ends is None else passive_ends,
        label=label,
        diameter_um=diameter_um,
        silent_nodes=silent_nodes,
    )


@dataclass(frozen=True, kw_only=True)
class UniformFibres(Sequence[Fibre]):
    """Many fibres that differ in diameter only, made without a Python object each.

    Parameters
    ----------
    model : FibreModel
        Gives gates, currents and rest.
    diameter_um : array, shape (n,)
        Diameter of each fibre.
    nodes : int
        Nodes of every fibre.
    passive_ends : bool
        See `Fibre`.
    silent_nodes : int
        See `Fibre`.
    spacing_um : float, optional
        Length of the compartments of unmyelinated fibres.

    Examples
    --------
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0], nodes=21)
    >>> len(fibres), fibres[1].diameter_um, fibres.arc_um.shape
    (2, 10.0, (2, 221))
    """

    model: FibreModel
    diameter_um: Array
    nodes: int
    passive_ends: bool
    silent_nodes: int = 0
    spacing_um: float | None = None

    @cached_property
    def kinds(self) -> Internodes:
        """The internode of each fibre."""
        return _kinds(self.model, self.diameter_um, self.spacing_um)

    @property
    def per_internode(self) -> int:
        """See `Fibre`."""
        return PER_INTERNODE if self.model.cable == "double" else 1

    @property
    def node_arc_um(self) -> Array:
        """Distance of each node centre from the first, shape (n, nodes)."""
        return self.kinds.length_um[:, None] * np.arange(self.nodes)

    @cached_property
    def arc_um(self) -> Array:
        """Distance of every compartment centre from the first node, shape (n, compartments); see `Fibre`."""
        nodes = self.node_arc_um
        if self.model.cable != "double":
            return nodes
        within = np.concatenate([compartment_centres_um(self.kinds), self.kinds.length_um[:, None]], axis=1)
        out = np.zeros((len(self), PER_INTERNODE * (self.nodes - 1) + 1))
        inner = out[:, 1:].reshape(len(self), self.nodes - 1, PER_INTERNODE)
        np.add(nodes[:, :-1, None], within[:, None], out=inner)
        return out

    def part(self, index: NDArray[np.intp] | slice) -> UniformFibres:
        """Return some of the fibres."""
        return replace(self, diameter_um=self.diameter_um[index])

    def __len__(self) -> int:
        return len(self.diameter_um)

    @overload
    def __getitem__(self, index: int) -> Fibre: ...
    @overload
    def __getitem__(self, index: slice) -> UniformFibres: ...
    def __getitem__(self, index: int | slice) -> Fibre | UniformFibres:
        if isinstance(index, slice):
            return self.part(index)
        return Fibre(
            model=self.model,
            kinds=self.kinds.take(np.array([index])),
            sequence=np.zeros(self.nodes - 1, dtype=np.intp),
            passive_ends=self.passive_ends,
            label="",
            diameter_um=float(self.diameter_um[index]),
            silent_nodes=self.silent_nodes,
        )


def uniform_fibres(
    model: str | FibreModel,
    *,
    diameter_um: Sequence[float] | Array,
    nodes: int,
    passive_ends: bool | None = None,
    silent_nodes: int = 0,
    spacing_um: float | None = None,
) -> UniformFibres:
    """Make many fibres, each of one diameter, all with the same number of nodes.

    Parameters
    ----------
    model : str or FibreModel
        Such as ``"mrg_interpolated"``.
    diameter_um : sequence of float
        Within the range of the model.
    nodes : int
        At least 4.
    passive_ends : bool, optional
        See `Fibre`; by default as the model is published.
    silent_nodes : int
        See `Fibre`.
    spacing_um : float, optional
        Length of the compartments of unmyelinated fibres, above 0; by default the model's.

    Raises
    ------
    ParameterError
        For an unknown model or a diameter it has no geometry for, no fibre, fewer than 4 nodes, or a spacing for
        myelinated fibres.

    Examples
    --------
    >>> many = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(5.7, 16.0, 1000), nodes=21)
    >>> round(many[0].length_mm, 3)
    10.111
    """
    chosen = fibre_model(model) if isinstance(model, str) else model
    diameters = np.array(diameter_um, dtype=float).ravel()
    if not diameters.size:
        raise ParameterError("diameter_um is empty; give at least one diameter in um.")
    made = UniformFibres(
        model=chosen,
        diameter_um=diameters,
        nodes=nodes,
        passive_ends=chosen.passive_ends if passive_ends is None else passive_ends,
        silent_nodes=silent_nodes,
        spacing_um=spacing_um,
    )
    made[0]  # refuses what a single fibre would
    return made


def _kinds(model: FibreModel, diameter_um: Array, spacing_um: float | None) -> Internodes:
    kinds = model.internodes(diameter_um)
    if spacing_um is None:
        return kinds
    if model.cable != "continuous" or not spacing_um > 0:
        raise ParameterError(
            f"spacing_um is {spacing_um:g} um for model '{model.name}'; only unmyelinated fibres take one, above 0 um."
        )
    return replace(kinds, length_um=np.full_like(kinds.length_um, spacing_um))
