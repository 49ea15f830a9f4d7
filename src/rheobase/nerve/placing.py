"""Fibres on their ways through a field: curved paths, resampled at every compartment, with nodes anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.model import Array
from rheobase.nerve.path import walk_mm


def node_offsets_share(count: int, *, seed: int) -> Array:
    """Draw how far each fibre's first node lies from the start of its way, as a share of an internode.

    Parameters
    ----------
    count : int
        How many fibres, at least 1.
    seed : int
        The same seed draws the same.

    Returns
    -------
    array, shape (count,)
        Evenly between 0 and 1.

    Raises
    ------
    ParameterError
        If there is no fibre, or the seed is below 0.

    Examples
    --------
    >>> node_offsets_share(2, seed=1).round(3).tolist()
    [0.512, 0.95]
    """
    if count < 1 or seed < 0:
        raise ParameterError(f"count is {count} and seed {seed}; give at least 1 fibre and a seed of 0 or more.")
    return np.random.default_rng(seed).random(count)


def potential_along(
    fibres: Sequence[Fibre],
    way_mm: Array | Sequence[Array],
    sample: Callable[[Array], Array],
    *,
    offset_share: float | Sequence[float] | Array = 0.0,
) -> Callable[[NDArray[np.intp]], Any]:
    """Potential of fibres on their ways, taken where every compartment lies, and only when it is asked for.

    Parameters
    ----------
    fibres : sequence of Fibre
        Fibres without branches, first node at the start of the way; `UniformFibres` for very many.
    way_mm : array, shape (points, 3), or a sequence of them
        One polyline for all fibres, or one a fibre (`rounded_mm` takes off its corners). A fibre that is longer goes on
        in the direction of the last leg.
    sample : callable
        Places, shape (n, 3) in mm, to potentials per current, shape (n,) or (sources, n) in V per A: a field's
        ``drive_V_per_A``, a point source, a table.
    offset_share : float or sequence of float
        How far the first node lies from the start, as a share of the first internode; see `node_offsets_share`.

    Returns
    -------
    callable
        Takes the indices of some fibres and returns their potentials: what every verb accepts as potential, and as
        contact.

    Raises
    ------
    ParameterError
        If ways or offsets do not fit the fibres, or a fibre has branches.

    Examples
    --------
    >>> from rheobase.field import point_source_V_per_A
    >>> from rheobase.nerve import uniform_fibres
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[8.0, 12.0], nodes=21)
    >>> bend = np.array([[0.0, 0, 0], [0, 0, 15], [0, 10, 15]])
    >>> phi = potential_along(fibres, bend, lambda p: point_source_V_per_A(p, (1.0, 0, 10), 0.3),
    ...                       offset_share=node_offsets_share(2, seed=1))
    >>> phi(np.array([1])).shape
    (1, 1, 221)
    """
    ways = [np.asarray(w, dtype=float) for w in ([way_mm] if np.ndim(way_mm[0]) == 1 else way_mm)]
    if len(ways) not in (1, len(fibres)) or any(w.ndim != 2 or w.shape[1:] != (3,) or len(w) < 2 for w in ways):
        raise ParameterError(
            f"way_mm holds {len(ways)} ways for {len(fibres)} fibres; give one, or one a fibre, each of at least two"
            " points of x, y, z in mm."
        )
    offset = np.asarray(offset_share, dtype=float)
    if offset.shape not in ((), (len(fibres),)) or not np.isfinite(offset).all():
        raise ParameterError(
            f"offset_share has shape {offset.shape} for {len(fibres)} fibres; give one, or one a fibre."
        )
    if not isinstance(fibres, UniformFibres) and any(f.parent is not None for f in fibres):
        raise ParameterError("A fibre has branches and so more than one way; take the places_mm of branched_fibre.")
    offset = np.broadcast_to(offset, len(fibres))

    def potential(index: NDArray[np.intp]) -> Any:
        if isinstance(fibres, UniformFibres):
            some = fibres.part(index)
            arcs_um, first_um = some.arc_um, some.kinds.length_um
        else:
            some = [fibres[i] for i in index]
            arcs_um, first_um = [f.arc_um for f in some], [f.kinds.length_um[f.sequence[0]] for f in some]
        out = []
        for i, arc_um, internode_um in zip(index, arcs_um, first_um, strict=True):
            arc_mm = (arc_um + offset[i] * internode_um) / 1000.0
            out.append(np.atleast_2d(sample(walk_mm(ways[i if len(ways) > 1 else 0], arc_mm))))
        return np.array(out) if isinstance(fibres, UniformFibres) else out

    return potential
