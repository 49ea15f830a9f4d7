"""The plain twin of `rheobase.kernel.drive`, and its oracle."""

from __future__ import annotations

import numpy as np


def drive_modes(potential, parent, kind, weight, gain, axial, mode_drive, node_drive):
    """See `rheobase.kernel.drive.drive_modes`.

    Parameters
    ----------
    potential, parent, kind, weight, gain, axial, mode_drive, node_drive
        See there.
    """
    (lanes, n_fields, _), n_inter, n_modes = potential.shape, parent.size, weight.shape[2]
    first = 11 * np.arange(n_inter)[:, None] + np.arange(6)
    mirror = 11 * np.arange(1, n_inter + 1)[:, None] - np.arange(6)
    first[:, 0] = 11 * parent
    a, b = potential[:, :, first], potential[:, :, mirror]  # (lane, source, internode, 6)
    exists = kind >= 0
    there = (weight * gain[:, None])[kind] * exists[..., None, None]  # (lane, internode, 6, mode)
    half = n_modes // 2
    even = np.einsum("lsji,ljim->lsjm", a + b, there[..., :half])
    odd = np.einsum("lsji,ljim->lsjm", a - b, there[..., half:])
    along = np.where(exists, axial[kind], 0.0)[:, None]
    flow = np.zeros((lanes, n_fields, n_inter + 1))
    flow[:, :, 1:] += along * (b[..., 1] - b[..., 0])
    for j, before in enumerate(parent):
        flow[:, :, before] += (along * (a[..., 1] - a[..., 0]))[:, :, j]
    for out, felt in ((mode_drive, np.concatenate([even, odd], axis=3)), (node_drive, flow)):
        into = out.reshape(lanes // 16, -1, *felt.shape[2:], 16)
        into[:] = 0.0
        into[:, :n_fields] = np.moveaxis(felt.reshape(lanes // 16, 16, *felt.shape[1:]), 1, -1)
