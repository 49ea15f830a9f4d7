"""The plain twin of `rheobase.kernel.drive`, and its oracle."""

from __future__ import annotations

import numpy as np


def drive_modes(potential, parent, kind, weight, out):
    """See `rheobase.kernel.drive.drive_modes`.

    Parameters
    ----------
    potential, parent, kind, weight, out
        See there.
    """
    lanes, n_inter, n_modes = potential.shape[0], parent.size, weight.shape[2]
    into = out.reshape(lanes // 16, -1, n_inter, n_modes, 16)
    into[:] = 0.0
    first = 11 * np.arange(n_inter)[:, None] + np.arange(6)
    mirror = 11 * np.arange(1, n_inter + 1)[:, None] - np.arange(6)
    first[:, 0] = 11 * parent
    a, b = potential[:, :, first], potential[:, :, mirror]
    there = weight[kind] * (kind >= 0)[..., None, None]  # (lane, internode, 6, mode)
    half = n_modes // 2
    even = np.einsum("lsji,ljim->lsjm", a + b, there[..., :half])
    odd = np.einsum("lsji,ljim->lsjm", a - b, there[..., half:])
    felt = np.concatenate([even, odd], axis=3)
    into[:, : potential.shape[1]] = np.moveaxis(felt.reshape(lanes // 16, 16, *felt.shape[1:]), 1, -1)
