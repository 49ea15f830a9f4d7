"""Fibres with branches, built from stretches that each have a calibre and a way through the body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre, fibre_model, uniform_fibre
from rheobase.nerve.internode import compartment_centres_um
from rheobase.nerve.layout import group_key
from rheobase.nerve.model import Array, FibreModel, Internodes
from rheobase.nerve.path import length_mm, walk_mm


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Segment:
    """A stretch of a fibre without branches.

    Parameters
    ----------
    points_mm : array, shape (n, 3)
        Its way, from where it leaves the segment before. It gets as many whole internodes as come nearest to its
        length, at least one; the last node may lie up to half an internode before or beyond the end.
    diameter_um : float
        Within the range of the model.
    model : str or FibreModel
        Such as ``"mrg_interpolated"``; all segments of a fibre must share a membrane, as the MRG models and PENA do.
    spacing_um : float, optional
        Length of the compartments, where it has no myelin.
    parent : int, optional
        Which earlier segment it leaves; none for the first.
    at_mm : float, optional
        How far along that segment, at the nearest node; by default at its end.

    Examples
    --------
    >>> stem = Segment(points_mm=np.array([[0.0, 0, 0], [0, 0, 20]]), diameter_um=10.0)
    >>> round(stem.length_mm, 3)
    20.0
    """

    points_mm: Array
    diameter_um: float
    model: str | FibreModel = "mrg_interpolated"
    spacing_um: float | None = None
    parent: int | None = None
    at_mm: float | None = None

    def __post_init__(self) -> None:
        p = np.asarray(self.points_mm, dtype=float)
        if p.ndim != 2 or p.shape[0] < 2 or p.shape[1] != 3 or not np.isfinite(p).all():
            raise ParameterError(f"points_mm has shape {p.shape}; give at least two finite points of x, y, z in mm.")
        if (np.linalg.norm(np.diff(p, axis=0), axis=1) < 1e-9).any():
            raise ParameterError("points_mm of a segment: two neighbours coincide; remove one of them.")

    @property
    def length_mm(self) -> float:
        """Length of its way."""
        return length_mm(self.points_mm)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BranchedFibre:
    """A fibre with branches, and where everything lies.

    Parameters
    ----------
    fibre : Fibre
        The fibre; every verb takes it.
    places_mm : array, shape (compartments, 3)
        Place of every compartment, in the order of its potentials.
    segment_nodes : tuple of int array
        Nodes of each segment, from the one it leaves to its last.

    Examples
    --------
    >>> stem = Segment(points_mm=np.array([[0.0, 0, 0], [0, 0, 12]]), diameter_um=10.0)
    >>> left = Segment(points_mm=np.array([[0.0, 0, 12], [0, 4, 16]]), diameter_um=6.0, parent=0)
    >>> both = branched_fibre([stem, left])
    >>> both.fibre.nodes, both.places_mm.shape, both.segment_nodes[1][:3].tolist()
    (22, (232, 3), [11, 12, 13])
    """

    fibre: Fibre
    places_mm: Array
    segment_nodes: tuple[NDArray[np.intp], ...]


def branched_fibre(segments: Sequence[Segment], *, passive_ends: bool = False, label: str = "") -> BranchedFibre:
    """Join segments into one fibre.

    A branch begins at a node of the segment it leaves; its way is moved so that it does. A node has the membrane of the
    first segment that goes on from it.

    Parameters
    ----------
    segments : sequence of Segment
        The first is the stem; every other leaves an earlier one.
    passive_ends : bool
        Whether all ends are cut off; by default they are active and sealed, as endings are.
    label : str
        Kind of fibre for people.

    Returns
    -------
    BranchedFibre

    Raises
    ------
    ParameterError
        If there is no segment, one leaves no earlier segment or a place that its parent does not reach, one begins far
        from where it leaves, or two have different membranes.

    Examples
    --------
    >>> stem = Segment(points_mm=np.array([[0.0, 0, 0], [0, 0, 20]]), diameter_um=10.0)
    >>> twig = Segment(points_mm=np.array([[0.0, 0, 10], [0, 5, 10]]), diameter_um=6.0, parent=0, at_mm=10.0)
    >>> made = branched_fibre([stem, twig])
    >>> int(made.fibre.parents[made.segment_nodes[1][1]]), int(made.segment_nodes[1][0])
    (9, 9)
    """
    _check_order(segments)
    parts = [_stretch(s) for s in segments]
    keys = {group_key(p)[:-2] for p in parts}
    if len(keys) > 1:
        raise ParameterError(
            "The segments have different membranes or cables, so they cannot be one fibre; use models that share them,"
            " such as 'mrg_interpolated' and 'pena'."
        )
    parent, sequence, nodes_of = [-1], [], []
    places: list[Array] = []
    at_node: list[Array] = []  # place of each node
    for number, (segment, part) in enumerate(zip(segments, parts, strict=True)):
        begin = 0 if segment.parent is None else _leaves(segment, parts[segment.parent], nodes_of[segment.parent])
        way = np.asarray(segment.points_mm, dtype=float)
        spacing_mm = float(part.kinds.length_um[0]) / 1000.0
        if segment.parent is not None:
            way = _moved(number, way, at_node[begin], spacing_mm)
        else:
            at_node.append(way[0])
        count = max(1, round(segment.length_mm / spacing_mm))
        mine = np.append(begin, len(parent) + np.arange(count))
        parent += mine[:-1].tolist()
        sequence += [number] * count
        inner, ends = _along(part, way, count)
        places.append(inner)
        at_node += list(ends)
        nodes_of.append(mine)
    chain = parent == list(range(-1, len(parent) - 1))
    fibre = Fibre(
        model=parts[0].model,
        kinds=Internodes.join([p.kinds for p in parts]),
        sequence=np.array(sequence, dtype=np.intp),
        passive_ends=passive_ends,
        label=label,
        diameter_um=segments[0].diameter_um,
        parent=None if chain else np.array(parent, dtype=np.intp),
    )
    return BranchedFibre(
        fibre=fibre, places_mm=np.concatenate([at_node[0][None], *places]), segment_nodes=tuple(nodes_of)
    )


def _stretch(segment: Segment) -> Fibre:
    """A short uniform fibre of the segment's kind, for its model and internode."""
    model = fibre_model(segment.model) if isinstance(segment.model, str) else segment.model
    return uniform_fibre(
        model, diameter_um=segment.diameter_um, nodes=4, passive_ends=False, spacing_um=segment.spacing_um
    )


def _leaves(segment: Segment, parent: Fibre, nodes: NDArray[np.intp]) -> int:
    """Node of the parent segment at which a segment begins."""
    if segment.at_mm is None:
        return int(nodes[-1])
    spacing_mm = float(parent.kinds.length_um[0]) / 1000.0
    step = round(segment.at_mm / spacing_mm)
    if not 0 <= step < nodes.size:
        raise ParameterError(
            f"at_mm is {segment.at_mm:g} mm, but the segment it leaves has nodes from 0 to"
            f" {spacing_mm * (nodes.size - 1):.3g} mm."
        )
    return int(nodes[step])


def _moved(number: int, way: Array, node_mm: Array, spacing_mm: float) -> Array:
    """The way of a branch, moved to begin at its node."""
    gap_mm = float(np.linalg.norm(node_mm - way[0]))
    if gap_mm > max(2.0 * spacing_mm, 2.0):
        raise ParameterError(
            f"Segment {number} begins {gap_mm:.3g} mm from the node that it leaves; let its points_mm begin there, or"
            " give at_mm."
        )
    return way + (node_mm - way[0])


def _along(part: Fibre, way: Array, count: int) -> tuple[Array, Array]:
    """Places of the compartments of each internode with the node after it, and of the nodes alone."""
    spacing_um = float(part.kinds.length_um[0])
    nodes_um = spacing_um * np.arange(1, count + 1)
    ends = walk_mm(way, nodes_um / 1000.0)
    if part.per_internode == 1:
        return ends, ends
    within = np.append(compartment_centres_um(part.kinds)[0], spacing_um)
    arc_um = (nodes_um - spacing_um)[:, None] + within
    return walk_mm(way, arc_um.ravel() / 1000.0), ends


def _check_order(segments: Sequence[Segment]) -> None:
    if not segments:
        raise ParameterError("There are no segments; give at least the stem.")
    for number, segment in enumerate(segments):
        if number == 0 and segment.parent is not None:
            raise ParameterError(
                f"The first segment is the stem, but its parent is {segment.parent}; leave parent out."
            )
        if number > 0 and not (segment.parent is not None and 0 <= segment.parent < number):
            raise ParameterError(
                f"Segment {number} has parent {segment.parent}; give the number of an earlier one, 0 to {number - 1}."
            )
