"""Membranes that are arithmetic, in plain numpy: the oracle of `rheobase.kernel.programme`, same code, same meaning."""

from __future__ import annotations

import numpy as np

_DO = (
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: a * b,
    lambda a, b, c: a / b,
    lambda a, b, c: a * b + c,
    lambda a, b, c: a * b - c,
    lambda a, b, c: c - a * b,
    lambda a, b, c: np.log(a),
    lambda a, b, c: np.exp(np.clip(a, -690.0, 690.0)),
    lambda a, b, c: np.sqrt(a),
    lambda a, b, c: np.fmax(a, b),
    lambda a, b, c: np.fmin(a, b),
    lambda a, b, c: a,
)


def run_programme(code, place, numbers, v, x, state, shape):
    """Carry out a programme on all nodes of a block at once.

    Parameters
    ----------
    code, place : int64 (instruction, 5), (place, 2)
        See `rheobase.kernel.programme.run_programme`.
    numbers : float64 (number,)
        Constants.
    v, x, state, shape : float64 (node; lane), (node, row; lane)
        Potential, gates, states (changed in place), numbers of the geometry.

    Returns
    -------
    array, shape (node, 2; lane)
        Slope and offset of the membrane current.
    """
    registers, flow = {}, np.zeros((len(v), 2, v.shape[1]))

    def read(at):
        kind, row = place[at]
        if kind == 0:
            return registers.get(row, 0.0)  # an operand that an operation does not use may be anything
        if kind == 1:
            return numbers[row]
        return v if kind == 2 else (x, state, shape)[kind - 3][:, row]

    for operation, out, *operands in code:
        value = _DO[operation](*[read(o) for o in operands])
        kind, row = place[out]
        if kind == 0:
            registers[row] = value
        elif kind == 4:
            state[:, row] = value
        else:
            flow[:, row] = value
    return flow
