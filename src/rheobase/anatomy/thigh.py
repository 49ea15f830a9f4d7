"""The thigh, from below the knee to the groin."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Thigh(MappedPart):
    """Femur and knee, quadriceps, hamstrings and adductors; femoral, saphenous and sciatic nerves.

    The axis points from the knee (z < 0) to the hip; z = 0 is halfway between epicondyle and trochanter.
    ``main_girth_mm`` is measured just below the gluteal fold. Above that fold the buttock belongs to no tube: the
    model goes on as a thigh to let the field die out.

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
    >>> thigh = Thigh(fat_mm=8.0)
    >>> round(thigh.girth_mm(thigh.along_mm_of(0.83)))
    589
    >>> thigh.site("vastus_medialis").about
    'over the motor point of vastus medialis'
    """

    data = table("thigh")
