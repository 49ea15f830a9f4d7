"""Arrays that begin where a vector register's worth of memory begins, so that no load straddles two cache lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
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


def aligned_parts(sizes: Sequence[int], dtype: Any) -> list[NDArray]:
    """Make several such arrays in one piece of memory.

    Parameters
    ----------
    sizes : sequence of int
        How many numbers in each.
    dtype : dtype
        Their kind.
    """
    line = _LINE_BYTES // np.dtype(dtype).itemsize
    ends = list(accumulate(-(-size // line) * line for size in sizes))
    whole = aligned_empty(ends[-1], dtype)
    return [whole[end - -(-size // line) * line :][:size] for end, size in zip(ends, sizes, strict=True)]


def aligned(values: NDArray) -> NDArray:
    """The same numbers, flat and in order, in an array that begins on a cache line."""
    out = aligned_empty(values.size, values.dtype)
    out[:] = values.ravel()
    return out
