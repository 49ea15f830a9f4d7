"""The knee, with the thigh above and the leg below it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table

# muscles and nerves of the thigh that do not come near, and its sites and motor points
_ABOVE = (
    "muscle_gluteus_maximus", "muscle_tensor_fasciae_latae", "muscle_iliopsoas", "muscle_pectineus", "nerve_femoral",
    "nerve_femoral_rectus", "nerve_lateral_cutaneous", "motor_rectus_femoris", "motor_biceps_femoris",
    "motor_semitendinosus", "motor_semimembranosus", "motor_adductor_longus", "site_quadriceps_proximal",
    "site_femoral_groin", "site_sciatic_gluteal_fold", "site_hamstrings_distal", "site_lateral_thigh",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Knee(MappedPart):
    """The knee joint between thigh and leg: condyles, patella, tibia and fibula; tibial, peroneal, saphenous nerves.

    The axis points from the leg (z < 0) to the hip; z = 0 is at the lateral epicondyle. Parameters as for
    `MappedPart`; ``main_girth_mm`` is measured just above the patella. The knee is straight; menisci and cartilage
    are one disc.

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
    >>> knee = Knee()
    >>> knee.site("medial").about
    'inner side of the knee, at the joint line'
    """

    data = MappingProxyType({k: r for k, r in {**table("thigh"), **table("knee")}.items() if k not in _ABOVE})
