"""The mean of two modulations at work together."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from rheobase.pulse.modulation import Modulation, cycle_of, mean_of

_MOST_PIECES = 20_000


def mean_of_product(a: Modulation | None, b: Modulation | None) -> float:
    """Mean over time of the product of two factors.

    Two courses that share a period stay in step for ever, and their product has a mean of its own: it is integrated
    over the common period, exactly, since each is made of straight lines. Random courses, and periods with no common
    multiple within reach, run through all combinations: there it is the product of the means.
    """
    if a is None or b is None or "random" in (a.kind, b.kind):
        return float((1 if a is None else mean_of(a)) * (1 if b is None else mean_of(b)))
    common = _common_multiple(cycle_of(a), cycle_of(b))
    if common / cycle_of(a) + common / cycle_of(b) > _MOST_PIECES:
        return float(mean_of(a) * mean_of(b))
    bends = sorted({i * cycle_of(c) / 2 for c in (a, b) for i in range(int(2 * common / cycle_of(c)) + 1)})
    edge = np.array([float(x) for x in bends])
    middle, half = (edge[1:] + edge[:-1]) / 2, np.diff(edge) / 2
    # Two Gauss points integrate the product of two straight lines exactly, and lie clear of the steps.
    total = 0.0
    for sign in (-1, 1):
        t = middle + sign * half / math.sqrt(3)
        total += float(np.sum(half * a.factor_at(t) * b.factor_at(t)))
    return total / float(common)


def _common_multiple(x: Fraction, y: Fraction) -> Fraction:
    below = math.lcm(x.denominator, y.denominator)
    return Fraction(math.lcm(int(x * below), int(y * below)), below)
