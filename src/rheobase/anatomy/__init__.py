"""The body: geometry, tissues, nerve paths and skin sites.

Coordinates are in mm. The z axis runs along the limb and grows towards the trunk of the body; theta = 0 points
along x.
"""

from rheobase.anatomy.base import Layer, LayeredLimb
from rheobase.anatomy.body import BodyPart, NervePath, Site, Tissue
from rheobase.anatomy.branches import (
    MOTOR_COURSES,
    Course,
    course_points_mm,
    cutaneous_course,
    cutaneous_courses,
    fascia_depth_mm,
    motor_course,
    muscle_thickness_mm,
)
from rheobase.anatomy.forearm import Forearm
from rheobase.anatomy.shapes import Rod

__all__ = [
    "MOTOR_COURSES", "BodyPart", "Course", "Forearm", "Layer", "LayeredLimb", "NervePath", "Rod", "Site", "Tissue",
    "course_points_mm", "cutaneous_course", "cutaneous_courses", "fascia_depth_mm", "motor_course",
    "muscle_thickness_mm",
]  # fmt: skip
