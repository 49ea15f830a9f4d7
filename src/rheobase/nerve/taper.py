"""Fibres that thin out towards an ending in skin or muscle.

What decides surface thresholds is how a fibre ends: the last internodes are thin and short, not as thick as the parent.
The blocks are published fibres (MRG from 5.7 um, PENA below); an internode shorter than its diameter's own keeps all
but its length. Thin fibres of pain lose their myelin instead and go on bare.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rheobase.errors import ParameterError, near_name
from rheobase.nerve.fibre import Fibre, fibre_model
from rheobase.nerve.model import Internodes
from rheobase.tables import row

TAPERS = ("short", "long", "motor_short", "motor_long")
FREE = "free"
_NO_MYELIN_LAMELLAE = 1e-4  # as good as none: capacitance and leak of this myelin are 500 times those of the axolemma
_SMALLEST_MRG_UM, _LARGEST_MRG_UM = 5.7, 16.0


def _block(diameter_um: float, internode_um: float | None) -> Internodes:
    """One internode of a published fibre, shortened if asked."""
    d = np.array([diameter_um])
    if diameter_um >= _SMALLEST_MRG_UM:
        name = "mrg_discrete" if diameter_um in row("fibres.mrg_discrete")["fibre_um"] else "mrg_interpolated"
        return fibre_model(name).internodes(d)
    own = fibre_model("pena").internodes(d)
    if internode_um is None or abs(own.length_um[0] - internode_um) < 1.0:
        return own
    paranode = np.minimum(own.paranode_um, row("branches.shortened_pena")["paranode_share"] * internode_um)
    return replace(own, length_um=np.array([internode_um]), paranode_um=paranode)


def tapered_fibre(taper: str, *, parent_um: float, length_mm: float, label: str = "", silent_nodes: int = 0) -> Fibre:
    """Make a fibre that begins with a thin ending and grows to its parent diameter.

    Parameters
    ----------
    taper : str
        ``"short"`` or ``"long"`` for skin, ``"motor_short"`` or ``"motor_long"`` for muscle.
    parent_um : float
        Diameter of the parent, 5.7 to 16 um.
    length_mm : float
        Length of the whole fibre, rounded up to whole internodes.
    label : str
        Kind of fibre for people.
    silent_nodes : int
        See `Fibre`.

    Returns
    -------
    Fibre
        Its first node is the ending; both ends are active and sealed.

    Raises
    ------
    ParameterError
        For an unknown taper, a parent outside 5.7 to 16 um, or a length shorter than the taper.

    Examples
    --------
    >>> fibre = tapered_fibre("short", parent_um=8.7, length_mm=80.0)
    >>> fibre.kinds.fibre_um[fibre.sequence][:12].tolist()[-3:]
    [3.3, 3.3, 4.0]
    """
    if taper not in TAPERS:
        raise ParameterError(f"There is no taper '{taper}'.{near_name(taper, TAPERS)}")
    if not _SMALLEST_MRG_UM <= parent_um <= _LARGEST_MRG_UM:
        raise ParameterError(f"parent_um is {parent_um:g} um; a tapering fibre has a parent of 5.7 to 16 um.")
    p = row(f"branches.taper_{taper}")
    thin = "thin_" if parent_um <= _SMALLEST_MRG_UM and "thin_count" in p else ""
    diameters, lengths, counts = p[f"{thin}fibre_um"], p[f"{thin}internode_um"], p[f"{thin}count"]
    blocks = [_block(d, le) for d, le in zip(diameters, lengths, strict=True)]
    parent = _block(parent_um, None)
    sequence = np.repeat(np.arange(len(blocks)), counts)
    tapered_um = sum(n * b.length_um[0] for n, b in zip(counts, blocks, strict=True))
    rest = int(np.ceil((1000.0 * length_mm - tapered_um) / parent.length_um[0]))
    if rest < 3:
        raise ParameterError(
            f"length_mm is {length_mm:g} mm; with taper '{taper}' the fibre needs at least"
            f" {(tapered_um + 3 * parent.length_um[0]) / 1000:.1f} mm."
        )
    return Fibre(
        model=fibre_model("mrg_interpolated"),
        kinds=Internodes.join([*blocks, parent]),
        sequence=np.append(sequence, np.full(rest, len(blocks))),
        passive_ends=False,
        label=label,
        diameter_um=parent_um,
        silent_nodes=silent_nodes,
    )


def with_free_ending(fibre: Fibre, bare_mm: float, *, axon_um: float | None = None) -> Fibre:
    """Let a thin fibre go on as a bare axon beyond its first node, where it loses its myelin.

    The bare axon is the axolemma that MRG has under the myelin, with no channels. It takes in current that would
    otherwise excite the last node: thresholds of thin fibres under pads rise two to five times.

    Parameters
    ----------
    fibre : Fibre
        A fibre with myelin and active, sealed ends.
    bare_mm : float
        Length of the bare axon, above 0.
    axon_um : float, optional
        Its diameter, above 0; by default that of the table, in the middle of what was measured.

    Returns
    -------
    Fibre
        Its first node is the tip of the bare axon.

    Raises
    ------
    ParameterError
        If the length or the diameter is not above 0, or the fibre has no myelin or has branches.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> thin = uniform_fibre("pena", diameter_um=2.4, nodes=30, passive_ends=False)
    >>> free = with_free_ending(thin, 1.2)
    >>> free.nodes - thin.nodes, round(float(free.arc_um[-1] - thin.arc_um[-1]))
    (12, 1200)
    """
    p = row("branches.free_ending")
    thick_um: float = p["axon_um"] if axon_um is None else axon_um
    if not (bare_mm > 0 and thick_um > 0):
        raise ParameterError(
            f"bare_mm is {bare_mm:g} mm and axon_um is {thick_um:g} um; a bare axon is longer than 0 mm, as 1.3, and"
            f" thicker than 0 um, as {p['axon_um']:g}."
        )
    if fibre.model.cable != "double" or fibre.parent is not None:
        branches = "" if fibre.parent is None else " with branches"
        raise ParameterError(
            f"A fibre of model '{fibre.model.name}'{branches} cannot lose its myelin; take an unbranched one of MRG or"
            " PENA."
        )
    count, length, axon = p["count"], np.array([1000.0 * bare_mm / p["count"]]), np.array([thick_um])
    bare = Internodes(
        fibre_um=axon, node_um=axon, axon_um=axon, length_um=length,
        paranode_um=row("branches.shortened_pena")["paranode_share"] * length, lamellae=np.array([_NO_MYELIN_LAMELLAE]),
        conductance_S_per_cm2=np.zeros((len(fibre.kinds.conductance_S_per_cm2), 1)),
    )  # fmt: skip
    sequence = np.concatenate([np.zeros(count, dtype=fibre.sequence.dtype), fibre.sequence + 1])
    return replace(fibre, kinds=Internodes.join([bare, fibre.kinds]), sequence=sequence)


def node_beyond(fibre: Fibre, arc_mm: float) -> int:
    """First node at least so far along the fibre; there a spike is said to have got through.

    Parameters
    ----------
    fibre : Fibre
        The fibre.
    arc_mm : float
        Distance from its first node, along the fibre.

    Examples
    --------
    >>> node_beyond(tapered_fibre("short", parent_um=8.7, length_mm=80.0), 14.0)
    27
    """
    return int(np.searchsorted(fibre.node_arc_um, 1000.0 * arc_mm - 1e-6))
