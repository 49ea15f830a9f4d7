"""Arrays that begin where a vector register's worth of memory begins, so that no load straddles two cache lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LINE_BYTES = 64


def aligned_empty(size: int, dtype: Any) -> NDArray:
    """Make a flat array that is not filled and begins on a cache line.

    Parameters
    ----------
    size : int
        How many numbers.
    dtype : dtype
        Their kind.
    """
    kind = np.dtype(dtype)
    room = np.empty(size * kind.itemsize + _LINE_BYTES, np.uint8)
    start = -room.ctypes.data % _LINE_BYTES
    return room[start : start + size * kind.itemsize].view(kind)


def aligned(values: NDArray) -> NDArray:
    """The same numbers, flat and in order, in an array that begins on a cache line."""
    out = aligned_empty(values.size, values.dtype)
    out[:] = values.ravel()
    return out
