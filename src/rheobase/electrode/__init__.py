"""Electrodes: pads, leads and cuffs, the skin interface under pads, the output stage that drives them."""

from rheobase.electrode.implants import (
    SIDES,
    Contact,
    Cuff,
    FarReturn,
    Lead,
    MeshContact,
    check_contacts,
    metal_interface,
    shared_out,
    square_to,
)
from rheobase.electrode.interface import Interface, breaking_interface, default_interface
from rheobase.electrode.leads import LEADS, percutaneous_lead, ring_cuff
from rheobase.electrode.output import Output
from rheobase.electrode.pad import SHAPES, Pad, measured_resistance_ohm

__all__ = [
    "LEADS", "SHAPES", "SIDES", "Contact", "Cuff", "FarReturn", "Interface", "Lead", "MeshContact", "Output", "Pad",
    "breaking_interface", "check_contacts", "default_interface", "measured_resistance_ohm", "metal_interface",
    "percutaneous_lead", "ring_cuff", "shared_out", "square_to",
]  # fmt: skip
