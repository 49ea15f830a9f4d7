"""The conductivity of a stack of thin sheets of several tissues.

Across the sheets the current is the same in all, along them the field strength is. For any number of phases of any
anisotropy, with the normal n of the sheets and means <> by volume,

    sigma = <s> - <s n n s / nsn> + <s n / nsn> <n s / nsn> / <1 / nsn>,    nsn = n . s n.

Two isotropic tissues give the harmonic mean across and the arithmetic one along.
"""

from __future__ import annotations

import numpy as np

Tensors = dict[str, np.ndarray]
Phase = tuple[np.ndarray, np.ndarray, Tensors]

_PAIRS = ("rr", "tt", "zz", "rt", "rz", "tz")


def laminate(phases: list[Phase], normal: np.ndarray) -> Tensors:
    """Tensors of stacks, one for each column of ``normal`` (3, n), a unit vector; the plain mean where that is 0.

    A phase names the stacks it is part of, its share of their volume, and its tensor in each.
    """
    n, kind = normal.shape[1], np.result_type(*(own["rr"] for _, _, own in phases))
    mean, less = (np.zeros((6, n), dtype=kind) for _ in range(2))
    carried, resist = np.zeros((3, n), dtype=kind), np.zeros(n, dtype=kind)
    for at, share, own in phases:
        s = {k: own.get(k, 0.0) for k in _PAIRS}
        r, t, z = normal[:, at]
        rows = (("rr", "rt", "rz"), ("rt", "tt", "tz"), ("rz", "tz", "zz"))
        through = np.stack([s[a] * r + s[b] * t + s[c] * z for a, b, c in rows])
        across = through[0] * r + through[1] * t + through[2] * z
        part = np.where(across != 0, share / np.where(across != 0, across, 1.0), 0.0)
        resist[at] += part
        carried[:, at] += part * through
        for i, (a, b) in enumerate(map(_axes, _PAIRS)):
            mean[i, at] += share * s[_PAIRS[i]]
            less[i, at] += part * through[a] * through[b]
    passed = np.where(resist != 0, 1.0 / np.where(resist != 0, resist, 1.0), 0.0)
    whole = (mean[i] - less[i] + carried[a] * carried[b] * passed for i, (a, b) in enumerate(map(_axes, _PAIRS)))
    return dict(zip(_PAIRS, whole, strict=True))


def _axes(pair: str) -> tuple[int, int]:
    return "rtz".index(pair[0]), "rtz".index(pair[1])
