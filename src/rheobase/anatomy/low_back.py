"""The low back, from the sacrum to the thorax."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table

_BELOW = ("tube_femur", "tube_ischium", "tube_pubis", "nerve_pudendal")


@dataclass(frozen=True, slots=True, kw_only=True)
class LowBack(MappedPart):
    """Lumbar spine and sacrum, back muscles, abdominal wall and organs; roots, medial branches and cluneal nerves.

    The axis points from the pelvis (z < 0) to the head; z = 0 is at the third lumbar vertebra; y > 0 is the
    person's left, 180 degrees the back. ``main_girth_mm`` is the waist at the navel, ``fat_mm`` the fat beside the
    spine. Vertebrae, discs and ligaments are one column; epidural fat, dura, ribs and lungs are left out, and the
    organs are one tissue.

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
    >>> back = LowBack(fat_mm=15.0)
    >>> back.site("l4_left").about
    'beside the spine at the fourth lumbar vertebra'
    """

    data = MappingProxyType({k: r for k, r in {**table("trunk"), **table("low_back")}.items() if k not in _BELOW})
