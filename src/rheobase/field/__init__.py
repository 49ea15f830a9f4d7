"""Fields: from pads on a limb, or a point in a medium, to the potential per ampere."""

from rheobase.field.density import PEAK_WINDOW_MM, PadDensity
from rheobase.field.field import Field
from rheobase.field.layered_cylinder import CONTACTS
from rheobase.field.plane import FieldPlane
from rheobase.field.point import point_source_V_per_A
from rheobase.field.reference import LimbReference, PlainLimb, limb_reference
from rheobase.field.solve import METHODS, solve_field

__all__ = [
    "CONTACTS",
    "METHODS",
    "PEAK_WINDOW_MM",
    "Field",
    "FieldPlane",
    "LimbReference",
    "PadDensity",
    "PlainLimb",
    "limb_reference",
    "point_source_V_per_A",
    "solve_field",
]
