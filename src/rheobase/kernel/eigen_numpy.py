"""The plain twin of `rheobase.kernel.eigen`, and its oracle."""

from __future__ import annotations

import numpy as np


def eigen(system, values, vectors):
    """See `rheobase.kernel.eigen.eigen`; here the eigenvalues come out in order.

    Parameters
    ----------
    system, values, vectors
        See there.
    """
    rows, count = values.shape
    found, of = np.linalg.eigh(np.moveaxis(system.reshape(rows, rows, count), 2, 0), UPLO="U")
    values[:] = found.T
    vectors.reshape(rows, rows, count)[:] = np.moveaxis(of, 0, 2)
