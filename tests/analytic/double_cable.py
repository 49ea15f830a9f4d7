"""The myelinated double cable once more, straight from its equations: every compartment, both potentials, one banded
implicit step at a time in double precision. Shares no code with the package: only geometry and conductances of a fibre.

For compartment i with axolemma A, myelin A_my and neighbours j, phi inside the axon, psi under the myelin, e outside:

    A (Cm dV/dt + I) = sum (phi_j - phi_i) / Ra,                 V = phi - psi
    A_my (c_my d(psi - e)/dt + g_my (psi - e)) = A (Cm dV/dt + I) + sum (psi_j - psi_i) / Rp;   psi = e at nodes

All values in nF, uS, Mohm, nA, mV, ms; lengths in um.
"""

import numpy as np
from scipy.linalg import solve_banded

REST = -80.0
RHO = 70.0 * 1e-2  # ohm cm, per um length and um2 section, in Mohm


def linoid(a, k, x):
    return np.where(np.abs(x) < 1e-7, a * k, a * x / np.where(np.abs(x) < 1e-7, 1.0, 1 - np.exp(-x / k)))


def rates(v, celsius=37.0):
    """Alpha and beta of mp, m, h, s."""
    q1, q2, q3 = 2.2 ** ((celsius - 20) / 10), 2.9 ** ((celsius - 20) / 10), 3.0 ** ((celsius - 36) / 10)
    alpha = [
        q1 * linoid(0.01, 10.2, v + 27),
        q1 * linoid(1.86, 10.3, v + 21.4),
        q2 * linoid(0.062, 11.0, -(v + 114)),
        q3 * 0.3 / (np.exp(-(v + 53) / 5) + 1),
    ]
    beta = [
        q1 * linoid(0.00025, 10.0, -(v + 34)),
        q1 * linoid(0.086, 9.16, -(v + 25.7)),
        q2 * 2.3 / (1 + np.exp(-(v + 31.8) / 13.4)),
        q3 * 0.03 / (np.exp(-(v + 90)) + 1),
    ]
    return np.array(alpha), np.array(beta)


class DoubleCable:
    """One fibre. The half of a node beside an internode has the calibre of that internode; its membrane is that of the
    internode after it (the last node: before it)."""

    def __init__(self, internodes, *, passive_ends):
        """internodes: one dict each, from the first node to the last: D, dz, node, axon, flut, nl, and the
        conductances in S/cm2 of persistent and fast sodium, slow potassium and leak."""
        self.size = 11 * len(internodes) + 1
        self.node = np.zeros(self.size, bool)
        self.node[::11] = True
        self.c, self.g, self.c_my, self.g_my = (np.zeros(self.size) for _ in range(4))
        self.channels = np.zeros((4, self.size))
        self.ra, self.rp = np.zeros(self.size - 1), np.zeros(self.size - 1)
        for j, i in enumerate([*internodes, internodes[-1]]):
            area = np.pi * i["node"] * 1.0
            self.c[11 * j] = 2.0 * area * 1e-5
            self.channels[:, 11 * j] = np.array(i["conductances"]) * area * 1e-2
            self.g[11 * j] = 1e-4 * area * 1e-2  # a passive end; taken back where there are channels
        for j, i in enumerate(internodes):
            self._internode(11 * j, i)
        if passive_ends:
            for end, inner in ((0, 0), (-1, -1)):
                self.c[end], self.ra[inner] = self.c[end] / 2, 1e12
        self.active = self.node.copy()
        if passive_ends:
            self.active[[0, -1]] = False
        self.g[self.active] = 0.0

    def _internode(self, start, i):
        stin = (i["dz"] - 1 - 6 - 2 * i["flut"]) / 6
        length = np.array([1, 3, i["flut"], *[stin] * 6, i["flut"], 3, 1])
        thin = np.array([1, 1, 0, *[0] * 6, 0, 1, 1], bool)
        d = np.where(thin, i["node"], i["axon"])
        width = np.where(thin, 0.002, 0.004)
        half_a = RHO * (length / 2) / (np.pi * (d / 2) ** 2)
        half_p = RHO * (length / 2) / (np.pi * ((d / 2 + width) ** 2 - (d / 2) ** 2))
        self.ra[start : start + 11] = half_a[:-1] + half_a[1:]
        self.rp[start : start + 11] = half_p[:-1] + half_p[1:]
        inner = slice(start + 1, start + 11)
        area, myelin = (np.pi * d * length)[1:-1], (np.pi * i["D"] * length)[1:-1]
        self.c[inner] = 2.0 * area * 1e-5
        self.g[inner] = np.where(thin[1:-1] & (length[1:-1] == 3), 1e-3, 1e-4) * area * 1e-2
        self.c_my[inner] = 0.1 / (2 * i["nl"]) * myelin * 1e-5
        self.g_my[inner] = 0.001 / (2 * i["nl"]) * myelin * 1e-2

    def rest(self):
        phi, psi = np.full(self.size, REST), np.zeros(self.size)
        alpha, beta = rates(np.array([REST]))
        x = np.repeat(alpha / (alpha + beta), self.active.sum(), axis=1)
        none = np.zeros(self.size)
        for _ in range(40):
            phi, psi, x = self.step(phi, psi, x, none, none, 5.0)
        return phi, psi, x

    def step(self, phi, psi, x, e_old, e, dt):
        on, n = self.active, self.size
        g, i0 = self.g.copy(), self.g * REST
        nap, naf, ks, leak = self.channels[:, on] * np.array([x[0] ** 3, x[1] ** 3 * x[2], x[3], 1 + 0 * x[3]])
        g[on] = nap + naf + ks + leak
        i0[on] = 50.0 * (nap + naf) - 90.0 * (ks + leak)
        band = np.zeros((5, 2 * n))
        right = np.zeros(2 * n)

        def put(row, col, value):
            band[2 + row - col, col] += value

        k = np.arange(n)
        p, q, total = 2 * k, 2 * k + 1, self.c / dt + g
        inner = ~self.node
        put(p, p, total)
        put(p, q, -total)
        right[p] = self.c / dt * (phi - psi) + i0
        put(q[inner], q[inner], (total + self.c_my / dt + self.g_my)[inner])
        put(q[inner], p[inner], -total[inner])
        right[q] = self.c_my / dt * (psi - e_old + e) + self.g_my * e - right[p]
        right[q[self.node]] = e[self.node]
        put(q[self.node], q[self.node], 1.0)
        for chain, at in ((1 / self.ra, p), (1 / self.rp, q)):
            for a, b in ((at[:-1], at[1:]), (at[1:], at[:-1])):
                free = slice(None) if at is p else inner[a // 2]
                put(a[free], a[free], chain[free])
                put(a[free], b[free], -chain[free])
        new = solve_banded((2, 2), band, right)
        phi, psi = new[0::2], new[1::2]
        alpha, beta = rates((phi - psi)[on])
        steady = alpha / (alpha + beta)
        return phi, psi, steady + (x - steady) * np.exp(-dt * (alpha + beta))

    def run(self, e_unit, wave, amplitude, dt, state=None):
        """Potential of all nodes after each step, shape (steps + 1, nodes)."""
        phi, psi, x = self.rest() if state is None else state
        e, out = np.zeros(self.size), [(phi - psi)[self.node]]
        for w in wave:
            before, e = e, amplitude * w * e_unit
            phi, psi, x = self.step(phi, psi, x, before, e, dt)
            out.append((phi - psi)[self.node])
        return np.array(out)


def of_fibre(fibre):
    """The same fibre as the package has it."""
    kinds = fibre.kinds
    names = dict(D="fibre_um", dz="length_um", node="node_um", axon="axon_um", flut="paranode_um", nl="lamellae")
    conductances = kinds.conductance_S_per_cm2.T
    parts = [
        {k: float(getattr(kinds, v)[s]) for k, v in names.items()} | {"conductances": conductances[s]}
        for s in fibre.sequence
    ]
    return DoubleCable(parts, passive_ends=fibre.passive_ends)


def internode_matrices(cable, j):
    """C, G (20, 20), B (20, 2) and S (20, 12) of C x' + G x = B w + S e for internode j of a cable, x = the ten
    axoplasm potentials from rest and e, then the ten periaxonal ones from e."""
    inner = np.arange(11 * j + 1, 11 * j + 11)
    c_ax, g_ax, c_my, g_my = (np.diag(a[inner]) for a in (cable.c, cable.g, cable.c_my, cable.g_my))
    c = np.block([[c_ax, -c_ax], [-c_ax, c_ax + c_my]])
    g = np.block([[g_ax, -g_ax], [-g_ax, g_ax + g_my]])
    b, s = np.zeros((20, 2)), np.zeros((20, 12))
    for at, resistance in ((0, cable.ra), (10, cable.rp)):
        link = 1 / resistance[11 * j : 11 * j + 11]
        for k in range(10):
            g[at + k, at + k] += link[k] + link[k + 1]
            s[at + k, k : k + 3] += [link[k], -link[k] - link[k + 1], link[k + 1]]
            if k:
                g[at + k, at + k - 1] = g[at + k - 1, at + k] = -link[k]
        if at == 0:
            b[0, 0], b[9, 1] = link[0], link[10]
    return c, g, b, s
