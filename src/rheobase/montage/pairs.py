"""The usual montage: two pads over a nerve, one further up the limb than the other."""

from __future__ import annotations

from rheobase.anatomy import BodyPart
from rheobase.electrode import Interface, Output, Pad, default_interface
from rheobase.errors import ParameterError, near_name
from rheobase.montage.fit import check_fit
from rheobase.montage.montage import Montage

PLACES = ("proximal", "distal")


def pad_pair(
    anatomy: BodyPart,
    over: str = "median",
    *,
    spacing_mm: float = 90.0,
    size_mm: tuple[float, float] = (50.0, 50.0),
    cathode: str = "proximal",
    centre_mm: float = 0.0,
    round_mm: float | None = None,
    interface: Interface | None = None,
    output: Output | None = None,
) -> Montage:
    """Place two equal pads in line over a nerve.

    Parameters
    ----------
    anatomy : BodyPart
        The body part; its nerve gives the angle.
    over : str
        Nerve, such as ``"median"``.
    spacing_mm : float
        Distance between the pad centres along the limb, mm, above 0.
    size_mm : (around, along)
        Size of each pad, mm: first around the limb, then along it.
    cathode : {"proximal", "distal"}
        The active pad (share +1): cathode in a leading phase that is cathodic. The other is the return.
    centre_mm : float
        Axial place midway between the pads, mm.
    round_mm : float, optional
        Diameter, mm; makes the pads round, and ``size_mm`` is not used.
    interface : Interface, optional
        Gel and stratum corneum; the default is 1.35 ohm m2.
    output : Output, optional
        Output stage; the default is current-controlled.

    Returns
    -------
    Montage
        Pads ``"proximal"`` and ``"distal"``, in this order.

    Raises
    ------
    ParameterError
        If nerve or cathode is unknown, or the pads overlap or lie off the skin.

    Examples
    --------
    >>> from rheobase.montage import pad_pair
    >>> pad_pair.__name__
    'pad_pair'
    """
    if cathode not in PLACES:
        raise ParameterError(f"pad_pair: unknown cathode '{cathode}'.{near_name(cathode, PLACES)}")
    if not spacing_mm > 0:
        raise ParameterError(f"pad_pair: spacing_mm is {spacing_mm} mm; it must be above 0 mm (centre to centre).")
    around_deg = anatomy.nerve(over).around_deg
    pads = tuple(
        _pad(place, sign * spacing_mm / 2 + centre_mm, around_deg, place == cathode, size_mm, round_mm, interface)
        for place, sign in (("proximal", 1.0), ("distal", -1.0))
    )
    montage = Montage(pads=pads, output=output or Output())
    check_fit(anatomy, montage)
    return montage


def _pad(
    name: str,
    along_mm: float,
    around_deg: float,
    active: bool,
    size_mm: tuple[float, float],
    round_mm: float | None,
    interface: Interface | None,
) -> Pad:
    return Pad(
        name=name,
        shape="rectangle" if round_mm is None else "round",
        width_mm=size_mm[0] if round_mm is None else None,
        length_mm=size_mm[1] if round_mm is None else None,
        diameter_mm=round_mm,
        along_mm=along_mm,
        around_deg=around_deg,
        share=1.0 if active else -1.0,
        interface=interface or default_interface(),
    )
