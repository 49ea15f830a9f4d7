"""Leads and cuffs by name, their dimensions from the table of implants."""

from __future__ import annotations

from collections.abc import Mapping

from rheobase.electrode.implants import Contact, Cuff, Lead, metal_interface
from rheobase.electrode.interface import Interface
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

LEADS = ("octrode_4mm", "octrode_5mm", "octrode_7mm", "octrode_8mm")


def percutaneous_lead(
    kind: str = "octrode_4mm",
    *,
    middle_mm: tuple[float, float, float],
    shares: Mapping[str, float] | None = None,
    segments: int = 1,
    encapsulated: bool = False,
    interface: Interface | None = None,
    length_mm: float = 200.0,
) -> Lead:
    """A round lead along z with eight contacts, ``"c1"`` nearest the tip at the upper (rostral) end.

    Parameters
    ----------
    kind : str
        Lead of the table of implants, named by the distance between the middles of its contacts.
    middle_mm : (x, y, z)
        Where the middle of the row of contacts lies.
    shares : mapping, optional
        Share of the current by name of contact.
    segments : int
        1 for rings; 2 or more cuts each contact into so many segments ``"c1a"``, ``"c1b"`` ... with 30 degrees of
        insulation between them.
    encapsulated : bool
        Whether scar has grown around it.
    interface : Interface, optional
        Between metal and tissue, instead of that of the table.
    length_mm : float
        Length of the shaft; what reaches beyond the body is cut off.

    Raises
    ------
    ParameterError
        If the lead, or a contact named in the shares, is unknown.

    Examples
    --------
    >>> lead = percutaneous_lead("octrode_4mm", middle_mm=(0, 7.2, 0), shares={"c4": 1.0, "c6": -1.0})
    >>> len(lead.contacts), lead.diameter_mm, lead.contacts[3].share
    (8, 1.3, 1.0)
    """
    if kind not in LEADS:
        raise ParameterError(f"percutaneous_lead: unknown lead '{kind}'.{near_name(kind, LEADS)}")
    if segments < 1:
        raise ParameterError(f"percutaneous_lead: segments is {segments}; give 1 for rings, or 2 or more.")
    shape = row(f"implants.{kind}")
    made = interface or metal_interface(encapsulated=encapsulated)
    count, pitch = int(shape["contacts_count"]), float(shape["pitch_mm"])
    first = float(shape["tip_mm"]) + shape["contact_mm"] / 2
    contacts = tuple(
        Contact(
            name=f"c{i + 1}" + (chr(ord("a") + s) if segments > 1 else ""),
            along_mm=first + i * pitch,
            length_mm=shape["contact_mm"],
            around_deg=s * 360.0 / segments,
            span_deg=360.0 if segments == 1 else 360.0 / segments - shape["segment_gap_deg"],
            interface=made,
        )
        for i in range(count)
        for s in range(segments)
    )
    half = first + (count - 1) * pitch / 2
    x, y, z = middle_mm
    lead = Lead(
        contacts=contacts,
        diameter_mm=shape["diameter_mm"],
        tip_mm=(x, y, z + half),
        towards_mm=(0.0, 0.0, -1.0),
        length_mm=length_mm,
        rows=(shape.key,),
    )
    return lead.with_shares(shares) if shares else lead


def ring_cuff(
    nerve_radius_mm: float,
    *,
    names: tuple[str, ...] = ("distal", "middle", "proximal"),
    shares: Mapping[str, float] | None = None,
    interface: Interface | None = None,
) -> Cuff:
    """A cuff with rings, sized to a nerve; length and spacing from the table of implants.

    Parameters
    ----------
    nerve_radius_mm : float
        Radius of the nerve, above 0.
    names : tuple of str
        Names of the rings, from low to high z.
    shares : mapping, optional
        Share of the current by name of contact.
    interface : Interface, optional
        Between metal and tissue, instead of that of the table.

    Raises
    ------
    ParameterError
        If the radius is not above 0 or a contact named in the shares is unknown.

    Examples
    --------
    >>> ring_cuff(1.4, shares={"middle": 1.0, "distal": -0.5, "proximal": -0.5}).contacts[1].share
    1.0
    """
    if not nerve_radius_mm > 0:
        raise ParameterError(f"ring_cuff: nerve_radius_mm is {nerve_radius_mm} mm; it must be above 0 mm.")
    shape = row("implants.ring_cuff")
    made = interface or metal_interface()
    spacing = shape["pitch_mm"]
    contacts = tuple(
        Contact(name=n, along_mm=(i - (len(names) - 1) / 2) * spacing, length_mm=shape["contact_mm"], interface=made)
        for i, n in enumerate(names)
    )
    cuff = Cuff(
        contacts=contacts,
        inner_radius_mm=nerve_radius_mm + shape["gap_mm"],
        wall_mm=shape["wall_mm"],
        length_mm=(len(names) - 1) * spacing + shape["contact_mm"] + 2 * shape["margin_mm"],
        rows=(shape.key,),
    )
    return cuff.with_shares(shares) if shares else cuff
