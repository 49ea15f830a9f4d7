"""Electrodes: pads, the skin interface under them, the output stage that drives them."""

from rheobase.electrode.interface import Interface, breaking_interface, default_interface
from rheobase.electrode.output import Output
from rheobase.electrode.pad import SHAPES, Pad, measured_resistance_ohm

__all__ = ["SHAPES", "Interface", "Output", "Pad", "breaking_interface", "default_interface", "measured_resistance_ohm"]
