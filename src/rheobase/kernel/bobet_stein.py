"""The compiled loop of the muscle of Bobet and Stein: a filter, a saturation, and a filter that slows with force.

The first filter needs no history: q decays by exp(-a h) and rises by each pulse. Force is integrated by the midpoint
rule with q exact at the middle.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rheobase.kernel.vector import compiled


@njit(nogil=True)
def _slope(q, force, constants):
    raised = q ** constants[1]
    slowed = 1.0 - constants[5] * force / constants[3]
    return constants[3] * raised / (raised + constants[2]) - constants[4] * slowed * slowed * force


@compiled
def second_order(state, constants, pulse_s, pulse_gain, dt, force):
    """Advance one muscle by as many steps as `force` is long; `state` is changed in place.

    Parameters
    ----------
    state : (2,) float64
        Force (N) and filtered pulses q.
    constants : (6,) float64
        Rate of the first filter a (1/s), power n, saturation k**n, force rate B (N/s), rate of the second filter b0
        (1/s), and how much it slows with force, b1 (1/s).
    pulse_s, pulse_gain : (pulses,) float64
        Ascending times from the beginning, and how much each adds to q.
    dt : float
        Step (s).
    force : (steps,) float64
        Output at the end of each step (N).
    """
    pulse, pulses, rate = 0, len(pulse_s), constants[0]
    for step in range(len(force)):
        now = 0.0
        while now < dt - 1e-9:
            until = dt
            fires = pulse < pulses and pulse_s[pulse] - step * dt < dt - 1e-9
            if fires:
                until = max(pulse_s[pulse] - step * dt, now)
            h = until - now
            if h > 1e-9:
                middle_q = state[1] * np.exp(-0.5 * rate * h)
                middle = state[0] + 0.5 * h * _slope(state[1], state[0], constants)
                state[0] = max(state[0] + h * _slope(middle_q, middle, constants), 0.0)
                state[1] *= np.exp(-rate * h)
            now = until
            if fires:
                state[1] += pulse_gain[pulse]
                pulse += 1
        force[step] = state[0]
