"""Laying nodes out in the kernel's order: their membrane, and what a time step makes of them."""

from __future__ import annotations

import numpy as np

from rheobase.kernel.vector import compiled


@compiled
def lay_nodes(kind, role, table, leak_i, conductance, capacitance, leak):
    """Give every node the membrane of its kind.

    Parameters
    ----------
    kind : (lane, node) int64
        Kind of each node.
    role : (lane, node) int8
        0 carries channels, 1 a bare membrane, 2 a passive end, which has none, 3 a node that is not there.
    table : (kind, 3 + term) float64
        Capacitance, conductance and current of the leak, and the largest conductance of every term.
    leak_i, conductance : flat
        Filled, (block, node; lane) and (block, term, node; lane).
    capacitance, leak : flat float64
        Filled, (block, node; lane); a node that is not there has a capacitance of 1.
    """
    lanes, n_nodes = 16, kind.shape[1]
    terms = table.shape[1] - 3
    for lane in range(kind.shape[0]):
        block, i = lane // lanes, lane % lanes
        for n in range(n_nodes):
            at = (block * n_nodes + n) * lanes + i
            of, is_a = kind[lane, n], role[lane, n]
            capacitance[at] = table[of, 0] if is_a < 2 else np.float64(is_a - 2)
            leak[at] = table[of, 1] if is_a == 0 else 0.0
            leak_i[at] = table[of, 2] if is_a == 0 else 0.0
            for t in range(terms):
                to = ((block * terms + t) * n_nodes + n) * lanes + i
                conductance[to] = table[of, 3 + t] if is_a == 0 else 0.0


@compiled
def step_nodes(kind, parent, own, through, capacitance, leak, dt, node_c, node_diag, node_off):
    """Make the node equations of one implicit step, the channels left out.

    Parameters
    ----------
    kind : (lane, internode) int64
        Kind of each internode, the last row of `own` for none.
    parent : (internode,) int64
        Node before each.
    own, through : (kind,) float64
        What an internode adds to the equation of each of its nodes, and how it couples them.
    capacitance, leak : flat float64
        Of every node.
    dt : float
        Time step.
    node_c, node_diag, node_off : flat
        Filled, (block, node; lane).
    """
    lanes, n_nodes = 16, kind.shape[1] + 1
    diag = np.empty(n_nodes)
    for lane in range(kind.shape[0]):
        begin = (lane // lanes) * n_nodes * lanes + lane % lanes
        for n in range(n_nodes):
            at = begin + n * lanes
            c = capacitance[at] / dt
            diag[n] = c + leak[at]
            node_c[at] = c
            node_off[at] = 0.0 if n == 0 else through[kind[lane, n - 1]]
        for j in range(n_nodes - 1):
            diag[j + 1] += own[kind[lane, j]]
        for j in range(n_nodes - 1):
            diag[parent[j]] += own[kind[lane, j]]
        for n in range(n_nodes):
            # a passive end of a single cable is joined to nothing
            node_diag[begin + n * lanes] = diag[n] if diag[n] != 0.0 else 1.0
