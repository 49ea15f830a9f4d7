"""Unmyelinated fibres whose concentrations move, straight from their equations: every compartment, one banded implicit
step at a time in double precision. Takes gates, columns and flow of a model as functions of numbers, and shares neither
tables nor programme nor kernel with the package.

All values in nF, uS, nA, mV, ms; lengths in um.
"""

from types import SimpleNamespace

import numpy as np
from scipy.linalg import solve_banded

PASSIVE_S_PER_CM2, PASSIVE_UF_PER_CM2 = 1e-4, 1.0


class SingleCable:
    """One fibre, or several of one geometry side by side (last axis) for several amplitudes at once."""

    def __init__(self, fibre, *, temperature_C=37.0, lanes=1):
        self.model, self.temperature_C, self.lanes, self.n = fibre.model, temperature_C, lanes, fibre.nodes
        kinds = fibre.kinds.take(np.append(fibre.sequence, fibre.sequence[-1]))
        d, dz = kinds.fibre_um, kinds.length_um
        self.area = (np.pi * d * dz * 1e-2)[:, None]  # S/cm2 to uS, mA/cm2 to nA
        self.c = self.model.capacitance_uF_per_cm2 * np.pi * d * dz * 1e-5
        half = self.model.rho_axial_ohm_cm * 1e-2 * (dz / 2) / (np.pi * d**2 / 4)  # Mohm
        self.g_axial = 1 / (half[:-1] + half[1:])
        self.active = np.ones(self.n, bool)
        if fibre.passive_ends:
            self.active[[0, -1]] = False
            self.c[[0, -1]] = PASSIVE_UF_PER_CM2 * np.pi * d[0] * dz[0] * 1e-5
            self.g_axial[[0, -1]] = 0.0
        self.shape = {k: v[:, None] for k, v in self.model.membrane.shape(kinds).items()}

    def _kinetics(self, v):
        return {g.name: g.steady_and_tau(v, self.temperature_C) for g in self.model.gates}

    def begin(self):
        v = np.full((self.n, self.lanes), self.model.rest_mV)
        gates = {name: s + 0 * v for name, (s, _) in self._kinetics(v).items()}
        states = {k: value + 0 * v for k, value in self.model.membrane.start(self.temperature_C).items()}
        return v, gates, states

    def rest(self):
        state = self.begin()
        none = np.zeros((self.n, self.lanes))
        for _ in range(40):
            state = self.step(state, none, 5.0)
        return state

    def step(self, state, pushed_nA, dt):
        """Currents from gates and states at the old potential; potentials; then gates at the new one."""
        v, gates, states = state
        membrane = self.model.membrane
        columns = {c.name: c.at(v, self.temperature_C) for c in membrane.columns}
        here = SimpleNamespace(
            v_mV=v, temperature_C=self.temperature_C, dt_ms=dt, **gates, **columns, **states, **self.shape
        )
        flow = membrane.flow(here)
        on = self.active[:, None]
        g = np.where(on, flow.conductance * self.area, PASSIVE_S_PER_CM2 * self.area)
        j = np.where(on, flow.offset * self.area, PASSIVE_S_PER_CM2 * self.area * self.model.rest_mV)
        right = (self.c / dt)[:, None] * v + j + pushed_nA
        new = np.empty_like(v)
        for lane in range(self.lanes):
            band = np.zeros((3, self.n))
            band[1] = self.c / dt + g[:, lane]
            band[1, :-1] += self.g_axial
            band[1, 1:] += self.g_axial
            band[0, 1:] = band[2, :-1] = -self.g_axial
            new[:, lane] = solve_banded((1, 1), band, right[:, lane])
        moved = {
            name: steady + (gates[name] - steady) * np.exp(-dt / tau)
            for name, (steady, tau) in self._kinetics(new).items()
        }
        return new, moved, {k: value + 0 * v for k, value in flow.after.items()}

    def run(self, e_mV, wave, amplitudes, dt, state=None, inject=None):
        """Potential after each step, shape (steps + 1, nodes, lanes). `inject` is (node, nA for each step)."""
        state = self.rest() if state is None else state
        flow = np.zeros(self.n)
        between = self.g_axial * np.diff(e_mV)
        flow[:-1] += between
        flow[1:] -= between
        out = [state[0]]
        for i, w in enumerate(wave):
            pushed = w * flow[:, None] * np.asarray(amplitudes)[None, :]
            if inject is not None:
                pushed[inject[0]] += inject[1][i]
            state = self.step(state, pushed, dt)
            out.append(state[0])
        self.state = state
        return np.array(out)
