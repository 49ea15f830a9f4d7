"""The throat: the neck from the front, for swallowing."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table

_SIDE_ONLY = ("motor_trapezius", "motor_sternocleidomastoid", "site_paraspinal_low", "site_paraspinal_high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Throat(MappedPart):
    """Larynx, hyoid bone, floor of the mouth and strap muscles, with what lies behind them.

    Axis and sides as for `Neck`, whose table it shares; z = 0 is at the upper edge of the thyroid cartilage. The
    floor of the mouth comes forward above the hyoid bone, more gently than in people.

    Parameters
    ----------
    person, main_girth_mm, fat_mm, skin_mm, skin_model
        Who it is, and what differs from that person; see `MappedPart`.
    fat_S_per_m, dermis_S_per_m, muscle_transverse_S_per_m, muscle_axial_S_per_m
        Conductivities, above 0; by default those of the tissue table.

    Raises
    ------
    ParameterError
        As for `MappedPart`.

    Examples
    --------
    >>> throat = Throat()
    >>> throat.site("submental_left").about
    'under the chin, beside the midline'
    """

    data = MappingProxyType({k: r for k, r in {**table("neck"), **table("throat")}.items() if k not in _SIDE_ONLY})
