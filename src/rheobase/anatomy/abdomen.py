"""Abdomen and pelvis, with the sacral nerves."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Abdomen(MappedPart):
    """Pelvis with sacrum and hips, abdominal wall and organs, buttocks, pelvic floor; sacral, pudendal, femoral nerves.

    Axis and sides as for `LowBack`, whose table of the trunk it shares; z = 0 is at the first sacral vertebra.
    ``main_girth_mm`` is that of the buttock, ``fat_mm`` the fat beside the navel. Bladder, womb and bowel are one
    tissue; below the gluteal fold the model goes on as one post in place of two thighs.

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
    >>> abdomen = Abdomen()
    >>> abdomen.site("s3_left").about
    'over the third sacral foramen'
    """

    data = MappingProxyType({**table("trunk"), **table("abdomen")})
