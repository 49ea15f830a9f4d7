"""Conjugate gradients with a preconditioner, for real symmetric and for complex symmetric systems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.errors import ConvergenceError

_Map = Callable[[np.ndarray], np.ndarray]


def conjugate_gradients(
    operator: _Map, precondition: _Map, target: np.ndarray, *, tolerance: float, most_steps: int = 3000
) -> tuple[np.ndarray, int]:
    """Solve ``operator(x) = target``; also give the number of steps.

    Complex systems are symmetric, not Hermitian, so products are taken without conjugation.

    Raises
    ------
    ConvergenceError
        If the residual has not fallen by ``tolerance`` in ``most_steps`` steps.
    """
    x = np.zeros_like(target)
    r = target.copy()
    z = precondition(r)
    p, rz = z.copy(), np.sum(r * z)
    start = abs(rz)
    if start == 0.0:
        return x, 0
    for step in range(1, most_steps + 1):
        q = operator(p)
        length = rz / np.sum(p * q)
        x += length * p
        r -= length * q
        z = precondition(r)
        rz, before = np.sum(r * z), rz
        if abs(rz) <= tolerance**2 * start:
            return x, step
        p *= rz / before
        p += z
    raise ConvergenceError(
        f"The field did not settle in {most_steps} steps (residual {np.sqrt(abs(rz) / start):.1e}, wanted"
        f" {tolerance:.0e}). Tissues whose conductivities differ by more than a million, or a contact impedance near 0,"
        " make it slow: raise the least conductivity or the contact impedance."
    )
