"""The plain twin of the motor-unit kernel, and its oracle."""

from __future__ import annotations

import numpy as np


def unit_forces(state, fixed, gap_s, gap_steps, amplitude, shared, total):
    """Do what `rheobase.kernel.units.unit_forces` does; parameters as there."""
    threshold, tau_c, tau2, *rest_and_loss = fixed
    rest, loss = np.array(rest_and_loss[:3]), np.array(rest_and_loss[3:])
    r0, tau_fat = shared
    out = 0
    for length, steps, current in zip(gap_s, gap_steps, amplitude, strict=True):
        h, hit = length / steps, (current > 0) & (current >= threshold)
        force, drive, spikes, memory = state[:4]
        a, tau1, km = state[4:]
        spikes += np.where(hit, 1.0 + (r0 + km - 1.0) * memory, 0.0)
        memory[:] = np.where(hit, 1.0, memory) * np.exp(-length / tau_c)
        impulse = np.zeros_like(force)
        for _ in range(steps):
            middle = np.exp(-0.5 * h / tau_c) * (drive + spikes * 0.5 * h / tau_c)
            bound = middle / (km + middle)
            rate = 1.0 / (tau1 + tau2 * bound)
            moved = (force * (1.0 - 0.5 * h * rate) + h * a * bound) / (1.0 + 0.5 * h * rate)
            impulse += 0.5 * h * (force + moved)
            force[:] = moved
            drive[:] = np.exp(-h / tau_c) * (drive + spikes * h / tau_c)
            spikes *= np.exp(-h / tau_c)
            total[out] += moved.sum()
            out += 1
        slow = state[4:]
        slow += (rest - slow) * -np.expm1(-length / tau_fat) + loss * impulse
        np.maximum(state[4], 0.0, out=state[4])
