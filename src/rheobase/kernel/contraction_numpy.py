"""The plain twin of the muscle kernel, and its oracle: the same equations, written as they are read."""

from __future__ import annotations

import numpy as np


def _rates(slow_and_force, drive, constants, gain, stretch, velocity):
    """Right-hand sides for force, A, tau1, Km."""
    force, a, tau1, km = slow_and_force
    tau2, rest, tau_fat = constants[1], constants[4:7], constants[7]
    bound = drive / (km + drive)
    to = constants[8:11] + constants[11:14] * velocity
    slow = (rest - np.array([a, tau1, km])) / tau_fat + to * force
    return np.array([(stretch + a * gain) * bound - force / (tau1 + tau2 * bound), *slow])


def _over(state, constants, h, gain, stretch, velocity):
    tau_c = constants[0]

    def drive(t):
        return np.exp(-t / tau_c) * (state[1] + state[2] * t / tau_c)

    y = state[[0, 4, 5, 6]]
    factor = gain * state[7]
    middle = y + 0.5 * h * _rates(y, drive(0.0), constants, factor, stretch, velocity)
    y = y + h * _rates(middle, drive(0.5 * h), constants, factor, stretch, velocity)
    state[1], state[2] = drive(h), np.exp(-h / tau_c) * state[2]
    state[0], state[4], state[5], state[6] = max(y[0], 0.0), max(y[1], 0.0), y[2], y[3]
    state[3] += h


def contract(state, constants, pulse_s, pulse_lambda, pulse_gain, dt, gain, stretch, velocity, force, capacity):
    """Do what `rheobase.kernel.contraction.contract` does; parameters as there."""
    steps, pulse = len(force), 0
    gain, stretch, velocity = (np.broadcast_to(part, (steps,)) for part in (gain, stretch, velocity))
    for step in range(steps):
        given, now = (gain[step], stretch[step], velocity[step]), 0.0
        while pulse < len(pulse_s) and (at := pulse_s[pulse] - step * dt) < dt - 1e-9:
            if at - now > 1e-9:
                _over(state, constants, at - now, *given)
                now = at
            r0 = constants[2] + (state[6] if constants[3] > 0.5 else constants[6])
            state[2] += pulse_lambda[pulse] * (1.0 + (r0 - 1.0) * np.exp(-state[3] / constants[0]))
            state[3], state[7] = 0.0, pulse_gain[pulse]
            pulse += 1
        if dt - now > 1e-9:
            _over(state, constants, dt - now, *given)
        force[step], capacity[step] = state[0], state[4] / constants[4]
