"""Electrodes inside the body: leads with ring or segmented contacts, cuffs, and the far return of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rheobase.electrode.interface import Interface
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

SIDES = ("all", "round")


def metal_interface(*, encapsulated: bool = False) -> Interface:
    """Metal against tissue, with or without the thin layer of scar that grows around an implant.

    Parameters
    ----------
    encapsulated : bool
        Adds thickness over conductivity of the capsule, as a resistance per area.

    Examples
    --------
    >>> metal_interface().contact_impedance_ohm_m2
    0.00075
    >>> round(metal_interface(encapsulated=True).contact_impedance_ohm_m2, 5)
    0.00251
    """
    metal, capsule = row("implants.metal_contact"), row("implants.capsule")
    extra = 1e-3 * capsule["thickness_mm"] / capsule["sigma_S_per_m"] if encapsulated else 0.0
    rows = (metal.key, capsule.key) if encapsulated else (metal.key,)
    return Interface(series_ohm_m2=metal["contact_impedance_ohm_m2"] + extra, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A bare piece of metal on a lead or in a cuff.

    Parameters
    ----------
    name : str
        Name of its own, such as ``"c1"``.
    along_mm : float
        Its middle along the electrode: from the tip of a lead, from the middle of a cuff.
    length_mm : float
        Its length, above 0.
    around_deg, span_deg : float
        Middle and width of a segment around the electrode; 360 is a ring.
    share : float
        Share of the current that enters the tissue here; 0 is not connected.
    interface : Interface
        What lies between metal and tissue.

    Raises
    ------
    ParameterError
        If a size is not above 0 or a segment spans more than 360 degrees.

    Examples
    --------
    >>> Contact(name="c1", along_mm=3.5, length_mm=3.0).is_ring
    True
    """

    name: str
    along_mm: float
    length_mm: float
    around_deg: float = 0.0
    span_deg: float = 360.0
    share: float = 0.0
    interface: Interface = field(default_factory=metal_interface)

    def __post_init__(self) -> None:
        if not 0 < self.length_mm < np.inf:
            raise ParameterError(f"Contact '{self.name}': length_mm is {self.length_mm} mm; it must be above 0 mm.")
        if not 0 < self.span_deg <= 360:
            raise ParameterError(
                f"Contact '{self.name}': span_deg is {self.span_deg} deg; it must be above 0 and at most 360 deg."
            )

    @property
    def is_ring(self) -> bool:
        """Whether it goes all the way round."""
        return self.span_deg >= 360.0

    @property
    def ends_mm(self) -> tuple[float, float]:
        """Its ends along the electrode."""
        return self.along_mm - self.length_mm / 2, self.along_mm + self.length_mm / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A round insulated lead with bare contacts.

    Parameters
    ----------
    contacts : tuple of Contact
        Contacts, their places measured from the tip.
    diameter_mm : float
        Diameter, above 0.
    tip_mm : (x, y, z)
        Middle of the flat tip.
    towards_mm : (x, y, z)
        Direction from the tip along the shaft, of any length above 0.
    length_mm : float
        Length of the shaft; what reaches beyond the body is cut off.
    rows : tuple of str
        Table rows of its dimensions.

    Raises
    ------
    ParameterError
        If a size is not above 0, or contacts overlap or lie off the shaft.

    Examples
    --------
    >>> lead = Lead(contacts=(Contact(name="c1", along_mm=3, length_mm=3),), diameter_mm=1.3, tip_mm=(0, 7, -20),
    ...             length_mm=60)
    >>> lead.point_mm(3.0)
    (0.0, 7.0, -17.0)
    """

    contacts: tuple[Contact, ...]
    diameter_mm: float
    tip_mm: tuple[float, float, float]
    towards_mm: tuple[float, float, float] = (0.0, 0.0, 1.0)
    length_mm: float = 60.0
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("diameter_mm", "length_mm"):
            if not 0 < getattr(self, key) < np.inf:
                raise ParameterError(f"Lead: {key} is {getattr(self, key)} mm; it must be above 0 mm.")
        if not np.linalg.norm(self.towards_mm) > 0:
            raise ParameterError("Lead: towards_mm has no length; give a direction such as (0, 0, 1).")
        check_contacts("Lead", self.contacts, (0.0, self.length_mm))

    @property
    def radius_mm(self) -> float:
        """Distance of the contacts from the axis."""
        return self.diameter_mm / 2

    @property
    def axis(self) -> np.ndarray:
        """Unit vector from the tip along the shaft."""
        return np.asarray(self.towards_mm, dtype=float) / np.linalg.norm(self.towards_mm)

    @property
    def across(self) -> np.ndarray:
        """Unit vector square to the axis from which angles around the lead are counted."""
        return square_to(self.axis)

    @property
    def origin_mm(self) -> np.ndarray:
        """Where places along the electrode are counted from."""
        return np.asarray(self.tip_mm, dtype=float)

    def point_mm(self, along_mm: float) -> tuple[float, float, float]:
        """Point on the axis at a distance from the tip."""
        x, y, z = self.origin_mm + along_mm * self.axis
        return float(x), float(y), float(z)

    def with_shares(self, shares: Mapping[str, float]) -> Lead:
        """The same lead with other shares of the current, by name of contact; contacts not named get 0."""
        return replace(self, contacts=shared_out(self.contacts, shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuff:
    """An insulating tube along z around a nerve, with contacts on its inner surface.

    Parameters
    ----------
    contacts : tuple of Contact
        Contacts, their places measured from the cuff's middle.
    inner_radius_mm, wall_mm, length_mm : float
        Size of the tube, above 0.
    centre_mm : (x, y, z)
        Its middle.
    rows : tuple of str
        Table rows of its dimensions.

    Raises
    ------
    ParameterError
        If a size is not above 0, or contacts overlap or lie off the cuff.

    Examples
    --------
    >>> rings = tuple(Contact(name=n, along_mm=a, length_mm=1) for n, a in (("a", -3), ("b", 3)))
    >>> Cuff(contacts=rings, inner_radius_mm=1.5, wall_mm=0.5, length_mm=10).radius_mm
    1.5
    """

    contacts: tuple[Contact, ...]
    inner_radius_mm: float
    wall_mm: float
    length_mm: float
    centre_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("inner_radius_mm", "wall_mm", "length_mm"):
            if not 0 < getattr(self, key) < np.inf:
                raise ParameterError(f"Cuff: {key} is {getattr(self, key)} mm; it must be above 0 mm.")
        check_contacts("Cuff", self.contacts, (-self.length_mm / 2, self.length_mm / 2))

    @property
    def radius_mm(self) -> float:
        """Distance of the contacts from the axis."""
        return self.inner_radius_mm

    @property
    def axis(self) -> np.ndarray:
        """Unit vector along the tube."""
        return np.array([0.0, 0.0, 1.0])

    @property
    def across(self) -> np.ndarray:
        """Unit vector from which angles around the cuff are counted."""
        return np.array([1.0, 0.0, 0.0])

    @property
    def origin_mm(self) -> np.ndarray:
        """Where places along the electrode are counted from."""
        return np.asarray(self.centre_mm, dtype=float)

    def with_shares(self, shares: Mapping[str, float]) -> Cuff:
        """The same cuff with other shares of the current, by name of contact; contacts not named get 0."""
        return replace(self, contacts=shared_out(self.contacts, shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class FarReturn:
    """The case of an implanted stimulator, far away: the outer faces of the body at one potential.

    Parameters
    ----------
    name : str
        Name of the contact.
    share : float
        Share of the current.
    on : {"all", "round"}
        All outer faces, or only those of the round mantle of a column (its ends stay insulated).
    interface : Interface
        A small impedance, for the outer faces are an idea and no metal.

    Raises
    ------
    ParameterError
        If ``on`` is unknown.

    Examples
    --------
    >>> FarReturn(share=-1.0).name
    'case'
    """

    name: str = "case"
    share: float = 0.0
    on: str = "all"
    interface: Interface = field(default_factory=lambda: Interface(series_ohm_m2=1e-6))

    def __post_init__(self) -> None:
        if self.on not in SIDES:
            raise ParameterError(f"FarReturn: unknown faces '{self.on}'.{near_name(self.on, SIDES)}")

    @property
    def contacts(self) -> tuple[FarReturn, ...]:
        """Itself."""
        return (self,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshContact:
    """A contact that a given mesh or image already holds, by name.

    Parameters
    ----------
    name : str
        Name as in the table of labels.
    share : float
        Share of the current.
    interface : Interface
        What lies between metal and tissue.

    Examples
    --------
    >>> MeshContact(name="c1", share=1.0).contacts[0].name
    'c1'
    """

    name: str
    share: float = 0.0
    interface: Interface = field(default_factory=metal_interface)

    @property
    def contacts(self) -> tuple[MeshContact, ...]:
        """Itself."""
        return (self,)


def square_to(axis: np.ndarray) -> np.ndarray:
    """Unit vector square to an axis: in the plane of x and the axis where that is possible, else of y.

    Examples
    --------
    >>> square_to(np.array([0.0, 0.0, 1.0])).tolist()
    [1.0, 0.0, 0.0]
    """
    start = np.array([1.0, 0, 0]) if abs(axis[0]) < 0.9 else np.array([0.0, 1, 0])
    out = start - (start @ axis) * axis
    return out / np.linalg.norm(out)


def shared_out(contacts: tuple[Contact, ...], shares: Mapping[str, float]) -> tuple[Contact, ...]:
    """Contacts with new shares.

    Parameters
    ----------
    contacts : tuple of Contact
        The contacts.
    shares : mapping
        Share by name; contacts not named get 0.

    Raises
    ------
    ParameterError
        If there is no contact of a name.

    Examples
    --------
    >>> shared_out((Contact(name="c1", along_mm=3, length_mm=3),), {"c1": 1.0})[0].share
    1.0
    """
    names = [c.name for c in contacts]
    for name in shares:
        if name not in names:
            raise ParameterError(f"There is no contact '{name}'.{near_name(name, names)}")
    return tuple(replace(c, share=float(shares.get(c.name, 0.0))) for c in contacts)


def check_contacts(what: str, contacts: tuple[Contact, ...], reach_mm: tuple[float, float]) -> None:
    """Refuse contacts off their electrode or on one another.

    Parameters
    ----------
    what : str
        Kind of electrode, for the message.
    contacts : tuple of Contact
        The contacts.
    reach_mm : (low, high)
        Ends of the electrode.

    Examples
    --------
    >>> check_contacts("Lead", (), (0.0, 60.0))
    """
    for i, c in enumerate(contacts):
        if c.ends_mm[0] < reach_mm[0] or c.ends_mm[1] > reach_mm[1]:
            raise ParameterError(
                f"{what}: contact '{c.name}' reaches from {c.ends_mm[0]:g} to {c.ends_mm[1]:g} mm, but the electrode"
                f" from {reach_mm[0]:g} to {reach_mm[1]:g} mm. Move it or lengthen the electrode."
            )
        for d in contacts[:i]:
            turned = abs((c.around_deg - d.around_deg + 180.0) % 360.0 - 180.0)
            apart = turned >= (c.span_deg + d.span_deg) / 2 and not (c.is_ring or d.is_ring)
            if min(c.ends_mm[1], d.ends_mm[1]) - max(c.ends_mm[0], d.ends_mm[0]) > 1e-9 and not apart:
                raise ParameterError(f"{what}: contacts '{d.name}' and '{c.name}' overlap. Move them apart.")
            if c.name == d.name:
                raise ParameterError(f"{what}: two contacts are named '{c.name}'. Give each a name of its own.")
