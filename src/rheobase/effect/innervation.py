"""How densely skin is innervated at other sites, and what a criterion in fibres, not in shares, would be there."""

from __future__ import annotations

from rheobase.errors import ParameterError, near_name
from rheobase.tables import row


def innervation_per_mm2(site: str) -> float:
    """Fibres of the epidermis per area at a site: the lower limit of healthy people, mm-2.

    Parameters
    ----------
    site : str
        ``"forearm"``, ``"upper_arm"``, ``"thigh"`` or ``"lower_leg"``.

    Raises
    ------
    ParameterError
        If nothing is known of the site.

    Examples
    --------
    >>> innervation_per_mm2("thigh") > 2 * innervation_per_mm2("forearm")
    True
    """
    p = row("populations.epidermis")
    known = dict(zip(p["site"], p["per_mm2"], strict=True))
    if site not in known:
        raise ParameterError(f"No density of nerve fibres in the epidermis of '{site}'.{near_name(site, known)}")
    return float(known[site])


def share_of_as_many(share: float, site: str, *, area_factor: float = 1.0) -> float:
    """Share of the thin fibres under a pad that is as many fibres as a share of them on the forearm.

    Parameters
    ----------
    share : float
        Share on the forearm, above 0 and at most 1.
    site : str
        As for `innervation_per_mm2`.
    area_factor : float
        Area of the pad over that of the pad on the forearm, above 0, for as many fibres in all; 1 for as many per area.

    Returns
    -------
    float
        At most 1: all of them.

    Raises
    ------
    ParameterError
        If the share or the factor is out of range, or nothing is known of the site.

    Examples
    --------
    >>> round(share_of_as_many(0.5, "thigh"), 3), round(share_of_as_many(0.5, "forearm", area_factor=4.0), 3)
    (0.228, 0.125)
    """
    if not (0.0 < share <= 1.0 and area_factor > 0.0):
        raise ParameterError(
            f"share is {share:g} and area_factor {area_factor:g}; the share lies above 0 and is at most 1, as 0.5, and"
            " the factor is above 0."
        )
    return min(1.0, share * innervation_per_mm2("forearm") / innervation_per_mm2(site) / area_factor)
