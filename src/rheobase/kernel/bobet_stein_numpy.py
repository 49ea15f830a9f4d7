"""The plain twin of the kernel of Bobet and Stein, and its oracle."""

from __future__ import annotations

import numpy as np


def second_order(state, constants, pulse_s, pulse_gain, dt, force):
    """Do what `rheobase.kernel.bobet_stein.second_order` does; parameters as there."""
    a, n, saturation, top, b0, b1 = constants

    def slope(q, f):
        return top * q**n / (q**n + saturation) - b0 * (1 - b1 * f / top) ** 2 * f

    for step in range(len(force)):
        begin = step * dt
        inside = (pulse_s - begin < dt - 1e-9) & (pulse_s - begin >= (-1e-9 if step else -np.inf))
        marks = np.clip(pulse_s[inside] - begin, 0.0, dt)
        for h, gain in zip(np.diff([0.0, *marks, dt]), [*pulse_gain[inside], 0.0], strict=True):
            if h > 1e-9:
                middle = state[0] + 0.5 * h * slope(state[1], state[0])
                state[0] = max(state[0] + h * slope(state[1] * np.exp(-0.5 * a * h), middle), 0.0)
                state[1] *= np.exp(-a * h)
            state[1] += gain
        force[step] = state[0]
