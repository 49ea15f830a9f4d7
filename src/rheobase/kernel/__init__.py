"""Compiled inner loops: arrays in, arrays out. The only place that imports numba."""

from rheobase.kernel._dispatch import LANES, advance
from rheobase.kernel.memory import aligned, aligned_empty

__all__ = ["LANES", "advance", "aligned", "aligned_empty"]
