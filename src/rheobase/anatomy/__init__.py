"""The body: geometry, tissues, nerve paths and skin sites.

Coordinates are in mm. The z axis runs along the limb and grows towards the trunk of the body; theta = 0 points
along x.
"""

from rheobase.anatomy.abdomen import Abdomen
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
from rheobase.anatomy.inclusion import Inclusion
from rheobase.anatomy.innervation import Innervation, innervation_of
from rheobase.anatomy.knee import Knee
from rheobase.anatomy.labels import Labels
from rheobase.anatomy.low_back import LowBack
from rheobase.anatomy.lower_leg import LowerLeg
from rheobase.anatomy.mapped import MappedPart
from rheobase.anatomy.meshed import MeshBody, image_body, mesh_body
from rheobase.anatomy.muscle import Muscle, belongs
from rheobase.anatomy.neck import Neck
from rheobase.anatomy.person import Person, sample_people
from rheobase.anatomy.places import MotorPoint, UsualPad
from rheobase.anatomy.radial import RadialMap
from rheobase.anatomy.sample import sample_parts
from rheobase.anatomy.shapes import Rod
from rheobase.anatomy.shoulder import Shoulder
from rheobase.anatomy.solids import Block, Column, PlainSolids, Shape, Solid, SolidBody, Strand, check_tissues
from rheobase.anatomy.spine import CONDUCTIVITIES, LEVELS, Spine, sample_spines
from rheobase.anatomy.spine_solids import SpineSolids, cord_shapes
from rheobase.anatomy.thigh import Thigh
from rheobase.anatomy.throat import Throat
from rheobase.anatomy.trunk import TRUNKS, Fascicle, NerveTrunk, sample_trunk
from rheobase.anatomy.trunk_solids import TrunkSolids
from rheobase.anatomy.upper_arm import UpperArm
from rheobase.anatomy.volume import Sheet, Volume, depth_of

__all__ = [
    "CONDUCTIVITIES",
    "LEVELS",
    "MOTOR_COURSES",
    "TRUNKS",
    "Abdomen",
    "Block",
    "BodyPart",
    "Column",
    "Course",
    "Fascicle",
    "Forearm",
    "Inclusion",
    "Innervation",
    "Knee",
    "Labels",
    "Layer",
    "LayeredLimb",
    "LowBack",
    "LowerLeg",
    "MappedPart",
    "MeshBody",
    "MotorPoint",
    "Muscle",
    "Neck",
    "NervePath",
    "NerveTrunk",
    "Person",
    "PlainSolids",
    "RadialMap",
    "Rod",
    "Shape",
    "Sheet",
    "Shoulder",
    "Site",
    "Solid",
    "SolidBody",
    "Spine",
    "SpineSolids",
    "Strand",
    "Thigh",
    "Throat",
    "Tissue",
    "TrunkSolids",
    "UpperArm",
    "UsualPad",
    "Volume",
    "belongs",
    "check_tissues",
    "cord_shapes",
    "course_points_mm",
    "cutaneous_course",
    "cutaneous_courses",
    "depth_of",
    "fascia_depth_mm",
    "image_body",
    "innervation_of",
    "mesh_body",
    "motor_course",
    "muscle_thickness_mm",
    "sample_parts",
    "sample_people",
    "sample_spines",
    "sample_trunk"
]  # fmt: skip
