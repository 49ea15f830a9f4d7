"""The shoulder, with the arm hanging."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoulder(MappedPart):
    """Head of the humerus, shoulder blade and collar bone, deltoid and rotator cuff; axillary and suprascapular nerves.

    The axis is that of the hanging arm and points upwards; z = 0 lies a sixth of the arm's length below the
    acromion. ``main_girth_mm`` is that of the relaxed arm, halfway. Towards the chest the model ends in a skin of
    its own: pads belong on front, outer side and back.

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
    >>> shoulder = Shoulder()
    >>> shoulder.motor_points["deltoid_middle"].spread_mm > 15.0
    True
    """

    data = table("shoulder")

    def named_girth_mm(self, name: str) -> float:
        """A girth of the person; ``"shoulder"`` is that around head of the humerus and shoulder blade."""
        if name != "shoulder":
            return MappedPart.named_girth_mm(self, name)
        p = self.data["level"]
        arm = MappedPart.named_girth_mm(self, "upper_arm_relaxed")
        return p["arm_factor"] * arm + p["bone_mm"] * self.person.bone_factor
