"""What each source does to modes and nodes: one pass over the potentials, straight into the lanes."""

from __future__ import annotations

import numpy as np

from rheobase.kernel.vector import compiled


@compiled
def drive_modes(potential, parent, kind, weight, gain, axial, mode_drive, node_drive):
    """Weigh the potential around each internode into what it pushes into its modes and its two nodes.

    An internode feels the potential at the node before it, at its ten compartments and at the node after it: the sums
    of the first six with their mirror images drive the even modes, the differences the odd ones. A node feels the
    difference to the compartment beside it.

    Parameters
    ----------
    potential : (lane, source, compartment) float64
        Eleven compartments an internode, and the last node.
    parent : (internode,) int64
        Node before each.
    kind : (lane, internode) int64
        Kind of each internode, -1 for none, which feels nothing.
    weight : (kind, 6, mode) float64
        What one mV does to each mode.
    gain : (kind, mode) float64
        What a time step makes of it.
    axial : (kind,) float64
        Conductance from a node to the compartment beside it.
    mode_drive, node_drive : flat float32 or float64
        Filled, (block, source, internode, mode; lane) and (block, source, node; lane); sources beyond those of the
        potential drive nothing here.
    """
    lanes, per, near = 16, 11, 6
    n_fields, n_inter, n_modes = potential.shape[1], parent.size, weight.shape[2]
    half, n_nodes = n_modes // 2, n_inter + 1
    n_sources = node_drive.size // (potential.shape[0] * n_nodes)
    felt, flow = np.empty(n_modes), np.empty(n_nodes)
    for lane in range(potential.shape[0]):
        for s in range(n_sources):
            of_source = (lane // lanes) * n_sources + s
            flow[:] = 0.0
            for j in range(n_inter):
                felt[:] = 0.0
                of, before, after = kind[lane, j], per * parent[j], per * (j + 1)
                if s < n_fields and of >= 0:
                    e = potential[lane, s]
                    for i in range(near):
                        first = e[per * j + i] if i > 0 else e[before]
                        mirror = e[after - i]
                        total, apart = first + mirror, first - mirror
                        for m in range(half):
                            felt[m] += weight[of, i, m] * total
                            felt[half + m] += weight[of, i, half + m] * apart
                    for m in range(n_modes):
                        felt[m] *= gain[of, m]
                    flow[parent[j]] += axial[of] * (e[per * j + 1] - e[before])
                    flow[j + 1] += axial[of] * (e[after - 1] - e[after])
                at = (of_source * n_inter + j) * n_modes * lanes + lane % lanes
                for m in range(n_modes):
                    mode_drive[at + m * lanes] = felt[m]
            at = of_source * n_nodes * lanes + lane % lanes
            for n in range(n_nodes):
                node_drive[at + n * lanes] = flow[n]
