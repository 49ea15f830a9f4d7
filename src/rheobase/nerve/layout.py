"""Fibres side by side as lanes: which internode each is made of, where its nodes lie, what its membrane is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import LANES, aligned_empty
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.model import Array, FibreModel, Internodes


@dataclass(frozen=True)
class Layout:
    """What every lane is made of; lanes beyond the last fibre repeat it and fill the last block.

    Parameters
    ----------
    model : FibreModel
        Model of all lanes.
    count : int
        Real fibres.
    kinds : Internodes
        The different internodes that occur.
    kind : int array, shape (lane, internode)
        Which kind each internode is; -1 where a shorter fibre has none.
    nodes, silent : int array, shape (lane,)
        Nodes of each lane; its last nodes without channels.
    parent : int array, shape (nodes of the longest,)
        The node before each, the same in all lanes.
    passive_ends : bool
        Whether the first and last node carry no membrane, so that they only follow the internode.
    """

    model: FibreModel
    count: int
    kinds: Internodes
    kind: NDArray[np.intp]
    nodes: NDArray[np.intp]
    silent: NDArray[np.intp]
    parent: NDArray[np.intp]
    passive_ends: bool

    @property
    def lanes(self) -> int:
        """Lanes, a multiple of sixteen."""
        return len(self.kind)

    @property
    def n_nodes(self) -> int:
        """Nodes of the longest fibre."""
        return self.kind.shape[1] + 1

    @cached_property
    def is_chain(self) -> bool:
        """Whether no node has branches."""
        return bool((self.parent[1:] == np.arange(self.parent.size - 1)).all())

    @cached_property
    def is_uniform(self) -> bool:
        """Whether every lane is made of one kind of internode."""
        return bool((self.kind == self.kind[:, :1]).all())

    @cached_property
    def exists(self) -> NDArray[np.bool_]:
        """Which nodes are there, shape (lane, node)."""
        return np.arange(self.n_nodes)[None, :] < self.nodes[:, None]

    @cached_property
    def ends(self) -> NDArray[np.bool_]:
        """Nodes that nothing follows, and the first, shape (lane, node)."""
        out = self.exists.copy()
        if self.is_chain:
            out[:] = False
            out[np.arange(self.lanes), self.nodes - 1] = True
            out[:, 0] = True
            return out
        at, last = np.nonzero(out)
        has_child = np.zeros_like(out)
        later = last > 0
        has_child[at[later], self.parent[last[later]]] = True
        out = out & ~has_child
        out[:, 0] = True
        return out

    @cached_property
    def carries(self) -> NDArray[np.bool_]:
        """Nodes with channels, shape (lane, node)."""
        alive = np.arange(self.n_nodes)[None, :] < (self.nodes - self.silent)[:, None]
        out = self.exists & alive & ~(self.ends & self.passive_ends)
        if self.model.membrane is not None:  # its programme has the channels
            return out
        has = np.any(self.kinds.conductance_S_per_cm2, axis=0)
        return out & np.asarray(has)[self.kind_of_node]

    @cached_property
    def parent_by_block(self) -> NDArray[np.int64]:
        """The node before each, for every block, flat; -2 for the last ones if no lane of the block has them."""
        used = self.nodes.reshape(-1, LANES).max(axis=1)
        missing = np.arange(self.n_nodes) >= used[:, None]
        return np.where(missing, -2, self.parent).ravel().astype(np.int64)

    def take(self, lanes: NDArray[np.intp], count: int) -> Layout:
        """Some of the lanes, a multiple of sixteen, of which the first `count` are real fibres."""
        out = replace(self, count=count, kind=self.kind[lanes], nodes=self.nodes[lanes], silent=self.silent[lanes])
        out.__dict__["carries"] = self.carries[lanes]  # asked for at every take, and costly to work out again
        return out

    @cached_property
    def kind_of_node(self) -> NDArray[np.intp]:
        """The kind whose membrane each node has: that of an internode after it, or at an end the one before."""
        out = np.full((self.lanes, self.n_nodes), -1, dtype=np.intp)
        out[:, 1:] = self.kind
        if self.is_chain:
            out[:, :-1] = np.where(self.kind >= 0, self.kind, out[:, :-1])
            return out
        for j in range(self.n_nodes - 2, -1, -1):
            out[:, self.parent[j + 1]] = np.where(self.kind[:, j] >= 0, self.kind[:, j], out[:, self.parent[j + 1]])
        return out


def lay_out(fibres: Sequence[Fibre]) -> Layout:
    """Put fibres of one membrane and one pattern of branches side by side.

    Parameters
    ----------
    fibres : sequence of Fibre
        At least one.

    Raises
    ------
    ParameterError
        If branched fibres differ in their branches.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibres
    >>> lay_out(uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0], nodes=21)).kind.shape
    (16, 20)
    """
    count = len(fibres)
    lanes = -(-count // LANES) * LANES
    if isinstance(fibres, UniformFibres):
        kind = np.repeat(np.minimum(np.arange(lanes), count - 1)[:, None], fibres.nodes - 1, axis=1)
        nodes, silent = np.full(lanes, fibres.nodes), np.full(lanes, fibres.silent_nodes)
        parent = np.arange(-1, fibres.nodes - 1)
        return Layout(fibres.model, count, fibres.kinds, kind, nodes, silent, parent, fibres.passive_ends)
    full = [*fibres, *[fibres[-1]] * (lanes - count)]
    longest = max(full, key=lambda f: f.nodes)
    branched = any(f.parent is not None for f in full)
    if branched and len({f.parents.tobytes() for f in full}) > 1:
        raise ParameterError("Branched fibres can share a chunk only if they branch alike; put each in its own.")
    kinds, inverse, offsets = _unique(full)
    kind = np.full((lanes, longest.nodes - 1), -1, dtype=np.intp)
    for lane, fibre in enumerate(full):
        kind[lane, : fibre.sequence.size] = inverse[offsets[lane] + fibre.sequence]
    nodes, silent = np.array([f.nodes for f in full]), np.array([f.silent_nodes for f in full])
    return Layout(full[0].model, count, kinds, kind, nodes, silent, longest.parents, full[0].passive_ends)


def _unique(fibres: list[Fibre]) -> tuple[Internodes, NDArray[np.intp], NDArray[np.intp]]:
    """The different internodes of all fibres, which one each is, and where each fibre's begin."""
    offsets = np.cumsum([0, *[f.kinds.length_um.size for f in fibres]])
    everything = Internodes.join([f.kinds for f in fibres])
    names = ("fibre_um", "node_um", "axon_um", "length_um", "paranode_um", "lamellae")
    matrix = np.stack([getattr(everything, n) for n in names] + list(everything.conductance_S_per_cm2), axis=1)
    _, first, inverse = np.unique(matrix, axis=0, return_index=True, return_inverse=True)
    return everything.take(first), inverse.ravel(), offsets


def group_key(fibre: Fibre | UniformFibres) -> tuple[Any, ...]:
    """Fibres with the same key can share a chunk."""
    tree = fibre.parent.tobytes() if isinstance(fibre, Fibre) and fibre.parent is not None else b""
    m = fibre.model
    electric = (m.cable, m.rest_mV, m.capacitance_uF_per_cm2, m.rho_axial_ohm_cm, m.node_length_um)
    return m.gates, m.currents, m.membrane, *electric, fibre.passive_ends, tree


def padded(values: Array, lanes: int) -> Array:
    """Repeat the last entry so that every lane has one."""
    missing = lanes - len(values)
    return values if missing == 0 else np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])


def flat(values: Array, dtype: Any) -> NDArray:
    """(lane, ...) to a flat array (block, ...; lane)."""
    split = values.reshape(len(values) // LANES, LANES, -1).transpose(0, 2, 1)
    out = aligned_empty(values.size, dtype)
    out.reshape(split.shape)[:] = split
    return out


def by_lane(values: NDArray, blocks: int) -> NDArray:
    """The other way: flat (block, ...; lane) to (lane, ...)."""
    return values.reshape(blocks, -1, LANES).transpose(0, 2, 1).reshape(blocks * LANES, -1)
