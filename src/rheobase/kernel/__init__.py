"""Compiled inner loops: arrays in, arrays out. The only place that imports numba."""

from rheobase.kernel._dispatch import LANES, advance, contract, second_order, unit_forces

__all__ = ["LANES", "advance", "contract", "second_order", "unit_forces"]
