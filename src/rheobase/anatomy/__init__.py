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
from rheobase.anatomy.labels import Labels
from rheobase.anatomy.meshed import MeshBody, image_body, mesh_body
from rheobase.anatomy.nerve_trunk import TRUNKS, NerveTrunk, packed_mm
from rheobase.anatomy.shapes import Rod
from rheobase.anatomy.solids import Block, Column, PlainSolids, Shape, Solid, SolidBody, Strand, check_tissues
from rheobase.anatomy.spinal_canal import CONDUCTIVITIES, LEVELS, SpinalCanal
from rheobase.anatomy.volume import Sheet, Volume, depth_of

__all__ = [
    "CONDUCTIVITIES", "LEVELS", "MOTOR_COURSES", "TRUNKS", "Block", "BodyPart", "Column", "Course", "Forearm",
    "Labels", "Layer", "LayeredLimb", "MeshBody", "NervePath", "NerveTrunk", "PlainSolids", "Rod", "Shape", "Sheet",
    "Site", "Solid", "SolidBody", "SpinalCanal", "Strand", "Tissue", "Volume", "check_tissues", "course_points_mm",
    "cutaneous_course", "cutaneous_courses", "depth_of", "fascia_depth_mm", "image_body", "mesh_body",
    "motor_course", "muscle_thickness_mm", "packed_mm",
]  # fmt: skip
