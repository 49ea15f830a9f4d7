"""The compiled loop of Hill-Huxley muscle: calcium-troponin drive, force and three slow states of fatigue.

The drive needs no history of pulses. With S the sum over past pulses of lambda R exp(-(t - t_i)/tau_c), both S and the
drive C move in closed form over any interval without a pulse::

    C <- exp(-h/tau_c) (C + S h/tau_c)      S <- exp(-h/tau_c) S

so only force and fatigue are integrated, by the midpoint rule, with the exact drive at the middle. An interval ends at
each pulse, so pulses need not lie on the grid.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rheobase.kernel.vector import compiled


@njit(nogil=True)
def _over(state, constants, h, decay, half_decay, gain, stretch, velocity):
    """Move the state over an interval of h seconds without a pulse."""
    tau_c, tau2 = constants[0], constants[1]
    a_rest, tau1_rest, km_rest, tau_fat = constants[4], constants[5], constants[6], constants[7]
    to_a = constants[8] + constants[11] * velocity
    to_tau1 = constants[9] + constants[12] * velocity
    to_km = constants[10] + constants[13] * velocity
    f, c, s = state[0], state[1], state[2]
    a, tau1, km = state[4], state[5], state[6]
    pulse_gain = state[7]
    x = c / (km + c)
    half = 0.5 * h
    mid_f = f + half * ((stretch + a * gain * pulse_gain) * x - f / (tau1 + tau2 * x))
    mid_a = a + half * ((a_rest - a) / tau_fat + to_a * f)
    mid_tau1 = tau1 + half * ((tau1_rest - tau1) / tau_fat + to_tau1 * f)
    mid_km = km + half * ((km_rest - km) / tau_fat + to_km * f)
    mid_c = half_decay * (c + s * half / tau_c)
    x = mid_c / (mid_km + mid_c)
    f += h * ((stretch + mid_a * gain * pulse_gain) * x - mid_f / (mid_tau1 + tau2 * x))
    state[0] = max(f, 0.0)
    state[1] = decay * (c + s * h / tau_c)
    state[2] = decay * s
    state[3] += h
    state[4] = max(a + h * ((a_rest - mid_a) / tau_fat + to_a * mid_f), 0.0)
    state[5] = tau1 + h * ((tau1_rest - mid_tau1) / tau_fat + to_tau1 * mid_f)
    state[6] = km + h * ((km_rest - mid_km) / tau_fat + to_km * mid_f)


@compiled
def contract(state, constants, pulse_s, pulse_lambda, pulse_gain, dt, gain, stretch, velocity, force, capacity):
    """Advance one muscle by as many steps as `force` is long; `state` is changed in place.

    Parameters
    ----------
    state : (8,) float64
        Force (N), drive C, sum S, time since the last pulse (s; infinite before the first), A (N/s), tau1 (s), Km,
        gain of the last pulse.
    constants : (14,) float64
        tau_c, tau2 (s), R0 - Km, 1 if R0 follows the tiring Km, rest values of A, tau1, Km, tau_fat (s), and per N s
        of force the change of A, tau1, Km, the same three per deg/s of joint velocity.
    pulse_s, pulse_lambda, pulse_gain : (pulses,) float64
        Ascending times from the beginning, factor on the drive, factor on A until the next pulse.
    dt : float
        Step (s).
    gain, stretch, velocity : (steps,) or (1,) float64
        Factor on A, added force rate (N/s), joint velocity (deg/s), by step.
    force, capacity : (steps,) float64
        Output at the end of each step: force (N) and A over its rest value.
    """
    tau_c = constants[0]
    decay, half_decay = np.exp(-dt / tau_c), np.exp(-0.5 * dt / tau_c)
    pulse, pulses = 0, len(pulse_s)
    g1, s1, v1 = len(gain) > 1, len(stretch) > 1, len(velocity) > 1
    for step in range(len(force)):
        g = gain[step] if g1 else gain[0]
        st = stretch[step] if s1 else stretch[0]
        v = velocity[step] if v1 else velocity[0]
        now, end = 0.0, dt
        while pulse < pulses and pulse_s[pulse] - step * dt < end - 1e-9:
            h = pulse_s[pulse] - step * dt - now
            if h > 1e-9:
                _over(state, constants, h, np.exp(-h / tau_c), np.exp(-0.5 * h / tau_c), g, st, v)
                now += h
            r0 = constants[2] + (state[6] if constants[3] > 0.5 else constants[6])
            state[2] += pulse_lambda[pulse] * (1.0 + (r0 - 1.0) * np.exp(-state[3] / tau_c))
            state[3] = 0.0
            state[7] = pulse_gain[pulse]
            pulse += 1
        h = end - now
        if now == 0.0:
            _over(state, constants, dt, decay, half_decay, g, st, v)
        elif h > 1e-9:
            _over(state, constants, h, np.exp(-h / tau_c), np.exp(-0.5 * h / tau_c), g, st, v)
        force[step] = state[0]
        capacity[step] = state[4] / constants[4]
