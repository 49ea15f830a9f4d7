"""Pads at named sites, and the usual montage of a body part."""

from __future__ import annotations

from rheobase.anatomy import BodyPart, Forearm, MappedPart
from rheobase.electrode import Interface, Output, Pad, default_interface
from rheobase.errors import ParameterError
from rheobase.montage.fit import check_fit
from rheobase.montage.montage import Montage
from rheobase.montage.pairs import pad_pair


def pads_at(
    anatomy: BodyPart,
    sites: tuple[str, ...],
    *,
    size_mm: tuple[float, float] = (50.0, 50.0),
    shares: tuple[float, ...] | None = None,
    interface: Interface | None = None,
    output: Output | None = None,
) -> Montage:
    """Place equal pads at named sites.

    Parameters
    ----------
    anatomy : BodyPart
        The body part; its sites give the places.
    sites : tuple of str
        Two or more names of sites, such as ``("rectus_femoris", "vastus_medialis")``.
    size_mm : (around, along)
        Size of each pad, mm: first around the body part, then along it.
    shares : tuple of float, optional
        Share of the current of each pad; by default the first site is active and the others share the return.
    interface : Interface, optional
        Gel and stratum corneum; the default is 1.35 ohm m2.
    output : Output, optional
        Output stage; the default is current-controlled.

    Returns
    -------
    Montage
        Pads named as their sites.

    Raises
    ------
    ParameterError
        If a site is unknown, numbers of shares and sites differ, or the pads overlap or lie off the skin.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> pads_at(Thigh(), ("vastus_medialis", "rectus_femoris")).shares
    (1.0, -1.0)
    """
    if shares is None:
        shares = (1.0, *(-1.0 / (len(sites) - 1) for _ in sites[1:])) if len(sites) > 1 else (1.0,)
    if len(shares) != len(sites):
        raise ParameterError(f"pads_at: {len(shares)} shares for {len(sites)} sites; give one share for each site.")
    pads = tuple(
        _pad(anatomy, name, name, size_mm, share, interface) for name, share in zip(sites, shares, strict=True)
    )
    montage = Montage(pads=pads, output=output or Output())
    check_fit(anatomy, montage)
    return montage


def usual_montage(anatomy: BodyPart, *, interface: Interface | None = None) -> Montage:
    """The pads that a body part is usually treated with.

    Parameters
    ----------
    anatomy : BodyPart
        A forearm or a mapped body part.
    interface : Interface, optional
        Gel and stratum corneum; the default is 1.35 ohm m2.

    Raises
    ------
    ParameterError
        If the body part has no usual montage, or its pads do not fit on this person.

    Examples
    --------
    >>> from rheobase.anatomy import LowerLeg
    >>> usual_montage(LowerLeg()).names
    ('fibular head', 'tibialis anterior')
    """
    if isinstance(anatomy, Forearm):
        return pad_pair(anatomy, interface=interface)
    if not isinstance(anatomy, MappedPart):
        raise ParameterError(
            f"A {type(anatomy).__name__} has no usual montage. Place pads by hand, or with pads_at at its sites."
        )
    pads = tuple(
        _pad(anatomy, p.name, p.site, (p.width_mm, p.length_mm), p.share, interface) for p in anatomy.usual_pads
    )
    montage = Montage(pads=pads)
    check_fit(anatomy, montage)
    return montage


def _pad(
    anatomy: BodyPart, name: str, site: str, size_mm: tuple[float, float], share: float, interface: Interface | None
) -> Pad:
    place = anatomy.site(site)
    return Pad(
        name=name,
        width_mm=size_mm[0],
        length_mm=size_mm[1],
        along_mm=place.along_mm,
        around_deg=place.around_deg,
        share=share,
        interface=interface or default_interface(),
    )
