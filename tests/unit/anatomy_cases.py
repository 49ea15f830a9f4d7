"""The mapped body parts that the tests run over."""

from __future__ import annotations

from rheobase.anatomy import Abdomen, Knee, LowBack, LowerLeg, Neck, Shoulder, Thigh, Throat, UpperArm

PARTS = (Abdomen, Knee, LowBack, LowerLeg, Neck, Shoulder, Thigh, Throat, UpperArm)
HARD = ("cortical_bone", "cancellous_bone", "marrow", "cartilage", "air", "blood", "skin")
