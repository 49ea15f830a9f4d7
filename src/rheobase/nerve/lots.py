"""Work through any number of fibres in lots that fit into memory, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import LANES
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.layout import group_key
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus, check_potential

Potential = Sequence[Array] | Array | Callable[[NDArray[np.intp]], Sequence[Array] | Array]
_KEPT_BYTES = 31 << 20  # the most that glibc learns from
_MOST_LANES, _MOST_NODES = 2048, 86016  # of a lot: enough to keep Python out of the way
_LEAST_LANES = 128  # fewer are not worth another thread
_LEAST_RUN, _LIKE_SHARE = 2 * LANES, 0.75  # fibres of like length, and the shortest of the longest's nodes


def check_lists(
    fibres: Sequence[Fibre], watch: Sequence[int] | None, need: int, guess_mA: Sequence[float] | Array | None
) -> None:
    """Refuse watched nodes and guesses that do not fit the fibres.

    Raises
    ------
    ParameterError
        If a list has another length than the fibres, or names a node that is not there.
    """
    for name, given in (("watch", watch), ("guess_mA", guess_mA)):
        if given is not None and len(given) != len(fibres):
            raise ParameterError(f"{name} has {len(given)} entries for {len(fibres)} fibres; give one a fibre.")
    one = [fibres[0]] if isinstance(fibres, UniformFibres) else fibres
    shortest = min((f.nodes for f in one), default=0)
    if not 0 <= need <= shortest:
        raise ParameterError(f"need is {need}; the shortest fibre has {shortest} nodes. Ask for 0 (off) to that many.")
    for i, node in enumerate(() if watch is None else watch):
        nodes = one[i if len(one) > 1 else 0].nodes
        if not 0 <= node < nodes:
            raise ParameterError(f"watch is node {node}, but the fibre has nodes 0 to {nodes - 1}.")
    if guess_mA is not None and not (np.asarray(guess_mA) > 0).all():
        raise ParameterError("guess_mA holds a value that is not above 0 mA; leave guess_mA out where none is known.")


def each_lot(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential,
    stimulus: Stimulus,
    work: Callable[[NDArray[np.intp], Sequence[Fibre], Any], int],
    progress: Callable[[float], None] | None = None,
) -> int:
    """Do some work for every lot of fibres that can share a chunk, and add up what it returns.

    Parameters
    ----------
    fibres : sequence of Fibre
        All fibres.
    potential_mV_per_mA : sequence of array, array or callable
        Their potentials; each lot is given its own.
    stimulus : Stimulus
        Against which the potentials are checked.
    work : callable
        Is told the indices of a lot, its fibres and their potentials, and returns a count.
    progress : callable, optional
        Is told the share done.

    Raises
    ------
    ParameterError
        If the potentials do not fit the fibres.
    """
    if not callable(potential_mV_per_mA) and len(potential_mV_per_mA) != len(fibres):
        raise ParameterError(
            f"{len(fibres)} fibres but {len(potential_mV_per_mA)} potentials; give one potential a fibre."
        )
    if not callable(potential_mV_per_mA) and not isinstance(fibres, UniformFibres):
        for fibre, potential in zip(fibres, potential_mV_per_mA, strict=True):
            check_potential(fibre, potential, stimulus)
    _keep_memory()
    total, finished, lock = [0], [0], Lock()

    def one(index: NDArray[np.intp]) -> None:
        lot = fibres.part(index) if isinstance(fibres, UniformFibres) else [fibres[i] for i in index]
        if callable(potential_mV_per_mA):
            phi = potential_mV_per_mA(index)
        elif isinstance(potential_mV_per_mA, np.ndarray):
            phi = potential_mV_per_mA[index]
        else:
            phi = [potential_mV_per_mA[i] for i in index]
        _check_lot(lot, phi, stimulus, index)
        count = work(index, lot, phi)
        with lock:
            total[0] += count
            finished[0] += len(index)
            if progress is not None:
                progress(finished[0] / len(fibres))

    _on_all_cores(one, lots_of(fibres))
    return total[0]


def _on_all_cores(work: Callable[[NDArray[np.intp]], None], lots: list[NDArray[np.intp]]) -> None:
    """Do the lots in order, this thread and others side by side; after a failure, or Ctrl-C, no lot is begun."""
    waiting, failed = iter(lots), []

    def take_turns() -> None:
        try:
            while not failed and (lot := next(waiting, None)) is not None:
                work(lot)
        except BaseException:
            failed.append(True)
            raise

    others = min(os.cpu_count() or 1, len(lots)) - 1
    with ThreadPoolExecutor(max_workers=max(1, others)) as pool:
        begun = [pool.submit(take_turns) for _ in range(others)]
        take_turns()
        for other in begun:
            other.result()


@cache
def _keep_memory() -> None:
    """Let memory that one lot gives back serve the next.

    The C library of Linux returns large pieces to the system at once, and every new page costs again; threads wait for
    each other there. Once a piece of this size was given back, it keeps pieces up to that size, some tens of MB in all.
    """
    np.empty(_KEPT_BYTES, np.uint8)


def _check_lot(lot: Sequence[Fibre], phi: Any, stimulus: Stimulus, index: NDArray[np.intp]) -> None:
    """Refuse potentials that do not fit."""
    if len(phi) != len(index):
        raise ParameterError(f"potential_mV_per_mA returned {len(phi)} potentials for {len(index)} fibres.")
    if isinstance(lot, UniformFibres) and isinstance(phi, np.ndarray) and phi.ndim == 3:
        check_potential(lot[0], phi[0], stimulus)
        if not np.isfinite(phi).all():
            worst = int(np.flatnonzero(~np.isfinite(phi).all(axis=(1, 2)))[0])
            check_potential(lot[worst], phi[worst], stimulus)
        return
    for i in range(len(index)):
        check_potential(lot[i], phi[i], stimulus)


def lots_of(fibres: Sequence[Fibre]) -> list[NDArray[np.intp]]:
    """Indices of the fibres, cut into lots that can share a chunk; longest first, all lots of a kind of like size."""
    if isinstance(fibres, UniformFibres):
        return _cut(np.arange(len(fibres)), fibres.nodes)
    keyed: dict[tuple, list[int]] = {}
    for i in np.argsort([-f.nodes for f in fibres], kind="stable"):
        keyed.setdefault(group_key(fibres[i]), []).append(int(i))
    runs = [run for members in keyed.values() for run in _of_like_length(members, fibres)]
    return [lot for run in runs for lot in _cut(np.array(run), fibres[run[0]].nodes)]


def _of_like_length(members: list[int], fibres: Sequence[Fibre]) -> list[list[int]]:
    """Cut fibres, longest first, where they become much shorter: in a chunk all are as long as the longest."""
    runs: list[list[int]] = [[]]
    for i in members:
        run = runs[-1]
        if len(run) >= _LEAST_RUN and fibres[i].nodes < _LIKE_SHARE * fibres[run[0]].nodes:
            runs.append(run := [])
        run.append(i)
    return runs


def _cut(members: NDArray[np.intp], nodes: int) -> list[NDArray[np.intp]]:
    """Lots of like size, as many for every core; a result does not depend on which lot a fibre is in.

    Blocks of lanes are dealt out in turn to as many lots as there are cores: fibres often come sorted, and the thick
    ones are silent sooner.
    """
    most = int(np.clip(_MOST_NODES // nodes // LANES * LANES, LANES, _MOST_LANES))
    cores = os.cpu_count() or 1
    pieces = -(-len(members) // most)
    pieces = max(pieces, min(-(-pieces // cores) * cores, len(members) // _LEAST_LANES))
    each = -(-len(members) // pieces)
    each = -(-each // LANES) * LANES
    lots = []
    for begin in range(0, len(members), cores * each):
        some = members[begin : begin + cores * each]
        hands = -(-len(some) // each)
        hand = np.arange(len(some)) // LANES % hands
        lots += [some[hand == h] for h in range(hands)]
    return lots
