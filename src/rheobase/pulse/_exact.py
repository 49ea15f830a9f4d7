"""Numbers as they are written, so that an hour of sums of them does not drift."""

from __future__ import annotations

from fractions import Fraction


def decimal(x: float) -> Fraction:
    """The number as it is written: 0.1 is one tenth.

    Examples
    --------
    >>> decimal(33.3)
    Fraction(333, 10)
    """
    return Fraction(repr(float(x)))
