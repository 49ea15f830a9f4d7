"""The compiled loop of a pool of motor units: each a Hill-Huxley muscle of its own size, speed and fatigue.

All units meet the same pulses; a pulse excites those whose threshold it reaches. From pulse to pulse every unit goes on
in equal steps, so the exponentials of a step are made once and kept while the gap between pulses stays the same. Force
moves by an implicit midpoint step with the exact drive at the middle, written with a single division, which no step can
make unstable. Fatigue is slow and moves once a gap. The innermost loop runs over units, so that the compiler fills
vector registers with them.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from rheobase.kernel.vector import compiled


@partial(compiled, fastmath={"reassoc", "contract", "nsz", "arcp"}, error_model="numpy")
def unit_forces(state, fixed, gap_s, gap_steps, amplitude, shared, total):
    """Advance the units through all gaps between pulses; `state` is changed in place and `total` added to.

    Parameters
    ----------
    state : (7, units) float64
        Force (N), drive C, sum S, exp(-time since the last pulse / tau_c), A (N/s), tau1 (s), Km.
    fixed : (9, units) float64
        Threshold (mA), tau_c, tau2, A, tau1 and Km at rest, change of A, tau1 and Km per N s of force.
    gap_s : (gaps,) float64
        Length of each interval (s).
    gap_steps : (gaps,) int64
        Into how many equal steps it is divided.
    amplitude : (gaps,) float64
        Amplitude of the pulse at the beginning of each interval (mA); 0 for none.
    shared : (2,) float64
        R0 - Km, and time constant of recovery (s).
    total : (sum of gap_steps,) float64
        Summed force at the end of each step (N).
    """
    units = state.shape[1]
    force, drive, spikes, memory, a, tau1, km = state
    threshold, tau_c, tau2, a_rest, tau1_rest, km_rest, to_a, to_tau1, to_km = fixed
    step_decay, half_decay, gap_decay = np.empty(units), np.empty(units), np.empty(units)
    step_rise, half_rise, impulse = np.empty(units), np.empty(units), np.empty(units)
    r0, tau_fat = shared
    known_gap, known_steps, out = -1.0, 0, 0
    for gap in range(len(gap_s)):
        steps, current = gap_steps[gap], amplitude[gap]
        h = gap_s[gap] / steps
        half = 0.5 * h
        if abs(gap_s[gap] - known_gap) > 1e-12 or steps != known_steps:
            known_gap, known_steps = gap_s[gap], steps
            for u in range(units):
                half_decay[u] = np.exp(-half / tau_c[u])
                step_decay[u] = half_decay[u] * half_decay[u]
                gap_decay[u] = np.exp(-known_gap / tau_c[u])
                step_rise[u], half_rise[u] = h / tau_c[u], half / tau_c[u]
        for u in range(units):
            hit = 1.0 if current > 0.0 and current >= threshold[u] else 0.0
            spikes[u] += hit * (1.0 + (r0 + km[u] - 1.0) * memory[u])
            memory[u] = (hit + (1.0 - hit) * memory[u]) * gap_decay[u]
            impulse[u] = 0.0
        for _ in range(steps):
            summed = 0.0
            for u in range(units):
                middle = half_decay[u] * (drive[u] + spikes[u] * half_rise[u])
                both = km[u] + middle
                slow = tau1[u] * both + tau2[u] * middle
                pull = half * both
                moved = (force[u] * (slow - pull) * both + h * a[u] * middle * slow) / (both * (slow + pull))
                impulse[u] += half * (force[u] + moved)
                force[u] = moved
                drive[u] = step_decay[u] * (drive[u] + spikes[u] * step_rise[u])
                spikes[u] *= step_decay[u]
                summed += moved
            total[out] += summed
            out += 1
        recovered = 1.0 - np.exp(-gap_s[gap] / tau_fat)
        for u in range(units):
            a[u] = max(a[u] + (a_rest[u] - a[u]) * recovered + to_a[u] * impulse[u], 0.0)
            tau1[u] += (tau1_rest[u] - tau1[u]) * recovered + to_tau1[u] * impulse[u]
            km[u] += (km_rest[u] - km[u]) * recovered + to_km[u] * impulse[u]
