"""Fields: from pads on a limb, or a point in a medium, to the potential per ampere."""

from rheobase.field.density import PEAK_WINDOW_MM, PadDensity
from rheobase.field.dispersion import dispersion_row, gabriel_S_per_m, relative_dispersion
from rheobase.field.field import Field
from rheobase.field.layered_cylinder import CONTACTS
from rheobase.field.operating import OperatingPoint, pulse_voltage_V, solve_at_current, solve_at_voltage
from rheobase.field.plane import FieldPlane
from rheobase.field.point import point_source_V_per_A
from rheobase.field.reference import LimbReference, PlainLimb, limb_reference
from rheobase.field.sampled import Elsewhere, sampled_field
from rheobase.field.solve import METHODS, solve_field
from rheobase.field.spectrum import SPECTRUM_HZ, Departure, Spectrum, compare_resistive, solve_spectrum
from rheobase.field.stored import content_of, field_arrays, field_from_arrays

__all__ = [
    "CONTACTS",
    "METHODS",
    "PEAK_WINDOW_MM",
    "SPECTRUM_HZ",
    "Departure",
    "Elsewhere",
    "Field",
    "FieldPlane",
    "LimbReference",
    "OperatingPoint",
    "PadDensity",
    "PlainLimb",
    "Spectrum",
    "compare_resistive",
    "content_of",
    "dispersion_row",
    "field_arrays",
    "field_from_arrays",
    "gabriel_S_per_m",
    "limb_reference",
    "point_source_V_per_A",
    "pulse_voltage_V",
    "relative_dispersion",
    "sampled_field",
    "solve_at_current",
    "solve_at_voltage",
    "solve_field",
    "solve_spectrum",
]
