"""The plain twin of `rheobase.kernel.nodes`, and its oracle."""

from __future__ import annotations

import numpy as np


def _put(values, flat):
    """(lane, ...) to flat (block, ...; lane)."""
    split = values.reshape(len(values) // 16, 16, -1).transpose(0, 2, 1)
    flat.reshape(split.shape)[:] = split


def lay_nodes(kind, role, table, leak_i, conductance, capacitance, leak):
    """See `rheobase.kernel.nodes.lay_nodes`.

    Parameters
    ----------
    kind, role, table, leak_i, conductance, capacitance, leak
        See there.
    """
    mine = table[kind]  # (lane, node, column)
    carries = role == 0
    _put(np.where(role < 2, mine[..., 0], role - 2.0), capacitance)
    _put(np.where(carries, mine[..., 1], 0.0), leak)
    _put(np.where(carries, mine[..., 2], 0.0), leak_i)
    _put(np.moveaxis(np.where(carries[..., None], mine[..., 3:], 0.0), 2, 1), conductance)


def step_nodes(kind, parent, own, through, capacitance, leak, dt, node_c, node_diag, node_off):
    """See `rheobase.kernel.nodes.step_nodes`.

    Parameters
    ----------
    kind, parent, own, through, capacitance, leak, dt, node_c, node_diag, node_off
        See there.
    """
    lanes, blocks = len(kind), len(kind) // 16
    c = capacitance / dt
    diag = (c + leak).reshape(blocks, -1, 16).transpose(0, 2, 1).reshape(lanes, -1).copy()
    diag[:, 1:] += own[kind]
    for j, before in enumerate(parent):
        diag[:, before] += own[kind[:, j]]
    node_c[:] = c
    _put(np.where(diag == 0.0, 1.0, diag), node_diag)
    _put(np.concatenate([np.zeros((lanes, 1)), through[kind]], axis=1), node_off)
