"""Every spike of some fibres at every node, as the kernel notes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.nerve.chunk import SPIKE_MV, Chunk
from rheobase.nerve.model import Array
from rheobase.nerve.run import Run, run

_ROOM_PER_NODE = 4  # spikes for which room is made at first; more are no loss, only a second run


@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes:
    """When which node of which fibre rose through -30 mV, interpolated between steps.

    Sorted by fibre, then by time. Nodes without channels never spike.

    Parameters
    ----------
    fibre, node : int array, shape (spikes,)
        Where.
    time_ms : array, shape (spikes,)
        When.
    fibres, nodes : int
        How many fibres there are, and how many nodes the longest has.

    Examples
    --------
    >>> found = Spikes(fibre=np.array([0, 0, 2]), node=np.array([3, 4, 3]), time_ms=np.array([0.5, 0.6, 0.7]),
    ...                fibres=3, nodes=5)
    >>> found.of(0, 4).tolist(), found.counts(3).tolist(), found.first_ms(3).tolist()
    ([0.6], [1, 0, 1], [0.5, nan, 0.7])
    """

    fibre: NDArray[np.int64]
    node: NDArray[np.int64]
    time_ms: Array
    fibres: int
    nodes: int

    @staticmethod
    def join(parts: Sequence[Spikes], fibres: int) -> Spikes:
        """Put the spikes of several lots together, in order."""
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Spikes(fibre=none, node=none, time_ms=np.zeros(0), fibres=fibres, nodes=0)
        fibre, node, time_ms = (np.concatenate([getattr(p, n) for p in parts]) for n in ("fibre", "node", "time_ms"))
        order = np.lexsort((node, time_ms, fibre))
        nodes = max(p.nodes for p in parts)
        return Spikes(fibre=fibre[order], node=node[order], time_ms=time_ms[order], fibres=fibres, nodes=nodes)

    def of(self, fibre: int, node: int | None = None) -> Array:
        """Spike times of one fibre, at one of its nodes or at all."""
        a, b = np.searchsorted(self.fibre, [fibre, fibre + 1])
        times = self.time_ms[a:b]
        return times if node is None else times[self.node[a:b] == node]

    def counts(self, node: int) -> NDArray[np.int64]:
        """How often each fibre fired at a node."""
        return np.bincount(self.fibre[self.node == node], minlength=self.fibres)

    def first_ms(self, node: int) -> Array:
        """First spike of each fibre at a node; NaN where there is none."""
        out = np.full(self.fibres, np.nan)
        here = self.node == node
        which, first = np.unique(self.fibre[here], return_index=True)
        out[which] = self.time_ms[here][first]
        return out


def run_with_spikes(chunk: Chunk, waveform: Array, amplitude: Array, **options: Any) -> Run:
    """Run from rest and keep every spike: where the room was too small, with more, again.

    Parameters
    ----------
    chunk : Chunk
        The fibres.
    waveform, amplitude : array
        As for `rheobase.nerve.chunk.run`.
    **options
        Further options of it.
    """
    room = _ROOM_PER_NODE * chunk.layout.n_nodes * 16
    while True:
        level = SPIKE_MV - chunk.model.rest_mV
        out = run(chunk, chunk.fresh(), waveform, amplitude, level_mV=level, room=room, **options)
        if out.lost == 0:
            return out
        room += out.lost


def spikes_of(chunk: Chunk, out: Run, index: NDArray[np.intp], fibres: int) -> Spikes:
    """The spikes of a run at nodes with channels.

    Parameters
    ----------
    chunk : Chunk
        What ran.
    out : Run
        What came out.
    index : int array
        Which fibre each lane is.
    fibres : int
        How many there are in all.
    """
    lane, node, step = out.events
    lost = lane >= len(index)
    lane, node, step = (values[~lost] for values in (lane, node, step))
    real = chunk.layout.carries[lane, node]
    lane, node, step = (values[real] for values in (lane, node, step))
    part = Spikes(
        fibre=np.asarray(index)[lane], node=node, time_ms=chunk.dt_ms * step, fibres=fibres, nodes=chunk.layout.n_nodes
    )
    return Spikes.join([part], fibres)
