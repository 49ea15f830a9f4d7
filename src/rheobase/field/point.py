"""A point source of current in an infinite medium."""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError

Sigma = float | tuple[float, float, float] | np.ndarray


def point_source_V_per_A(
    points_mm: np.ndarray, source_mm: tuple[float, float, float] | np.ndarray, sigma_S_per_m: Sigma
) -> np.ndarray:
    """Potential of 1 A from a point in an infinite medium; zero at infinity.

    V = 1 / (4 pi sqrt(det(sigma) r' sigma^-1 r)), which is 1 / (4 pi sigma r) in an isotropic medium.

    Parameters
    ----------
    points_mm : (n, 3) array
        Where the potential is wanted, mm.
    source_mm : (3,) array
        Place of the source, mm.
    sigma_S_per_m : float, (3,) or (3, 3) array
        Conductivity, S/m, above 0: isotropic, along x, y, z, or a symmetric positive definite tensor.

    Returns
    -------
    (n,) array
        V per A, which is mV per mA.

    Raises
    ------
    ParameterError
        If the conductivity is not positive (definite) or symmetric, or a point coincides with the source.

    Examples
    --------
    >>> v = point_source_V_per_A([[0.0, 0.0, 10.0]], (0.0, 0.0, 0.0), 0.2)
    >>> round(float(v[0]), 4)
    39.7887
    """
    sigma = _tensor(sigma_S_per_m)
    points = np.asarray(points_mm, dtype=float)
    source = np.asarray(source_mm, dtype=float)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ParameterError(f"points_mm has shape {points.shape}; it must be (n, 3): x, y, z in mm.")
    if source.shape != (3,):
        raise ParameterError(f"source_mm has shape {source.shape}; it must be (3,): x, y, z in mm.")
    r = (points - source) * 1e-3
    stretched = np.einsum("ni,ij,nj->n", r, np.linalg.inv(sigma), r)
    if np.any(stretched <= 0):
        raise ParameterError("points_mm: a point coincides with source_mm, where the potential is infinite. Move it.")
    return 1.0 / (4 * np.pi * np.sqrt(np.linalg.det(sigma) * stretched))


def _tensor(sigma_S_per_m: Sigma) -> np.ndarray:
    given = np.asarray(sigma_S_per_m, dtype=float)
    if given.shape not in ((), (3,), (3, 3)):
        raise ParameterError(f"sigma_S_per_m has shape {given.shape}; give a number, 3 numbers or a 3 x 3 tensor.")
    tensor = given if given.ndim == 2 else np.diag(np.broadcast_to(given, 3))
    if not np.isfinite(tensor).all() or not np.allclose(tensor, tensor.T, rtol=1e-9, atol=0.0):
        raise ParameterError("sigma_S_per_m must be finite and symmetric.")
    smallest = np.linalg.eigvalsh(tensor)[0]
    if smallest <= 0:
        raise ParameterError(f"sigma_S_per_m: least principal value is {smallest:g} S/m; it must be above 0 S/m.")
    return tensor
