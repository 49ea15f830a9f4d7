"""What each source does to the modes of every internode: one pass over the potentials, straight into the lanes."""

from __future__ import annotations

import numpy as np

from rheobase.kernel.vector import compiled


@compiled
def drive_modes(potential, parent, kind, weight, out):
    """Weigh the potential around each internode into what it pushes into the modes.

    An internode feels the potential at the node before it, at its ten compartments and at the node after it: the sums
    of the first six with their mirror images drive the even modes, the differences the odd ones.

    Parameters
    ----------
    potential : (lane, source, compartment) float64
        Eleven compartments an internode, and the last node.
    parent : (internode,) int64
        Node before each.
    kind : (lane, internode) int64
        Kind of each internode, -1 for none, whose modes feel nothing.
    weight : (kind, 6, mode) float64
        What one mV does to each mode.
    out : flat float32 or float64
        Filled, (block, source, internode, mode; lane); sources beyond those of the potential drive no mode.
    """
    lanes, per, near = 16, 11, 6
    n_fields, n_inter, n_modes = potential.shape[1], parent.size, weight.shape[2]
    half = n_modes // 2
    n_sources = out.size // (potential.shape[0] * n_inter * n_modes)
    felt = np.zeros(n_modes)
    for lane in range(potential.shape[0]):
        for s in range(n_sources):
            for j in range(n_inter):
                felt[:] = 0.0
                of = kind[lane, j]
                if s < n_fields and of >= 0:
                    for i in range(near):
                        first = potential[lane, s, per * (j if i > 0 else parent[j]) + i]
                        mirror = potential[lane, s, per * (j + 1) - i]
                        total, apart = first + mirror, first - mirror
                        for m in range(half):
                            felt[m] += weight[of, i, m] * total
                            felt[half + m] += weight[of, i, half + m] * apart
                at = ((((lane // lanes) * n_sources + s) * n_inter + j) * n_modes) * lanes + lane % lanes
                for m in range(n_modes):
                    out[at + m * lanes] = felt[m]
