"""Eigenvalues and eigenvectors of very many small symmetric matrices, sixteen at a time.

LAPACK takes them one by one and, called from several threads, waits on its own locks. Cyclic Jacobi rotations are the
same for every matrix, so sixteen matrices are the lanes of one vector. The number of sweeps is fixed: what comes out
for a matrix does not depend on its neighbours.
"""

# An intrinsic is written with a typing context that its callers do not pass.
# pyright: reportCallIssue=false

from __future__ import annotations

import numpy as np

from rheobase.kernel.vector import add, compiled, div, every, fma, fnma, load, mul, signed, sqrt, store, sub


@compiled
def eigen(system, values, vectors):
    """Diagonalise symmetric matrices.

    Parameters
    ----------
    system : flat float64
        (row, column; matrix), a multiple of sixteen matrices, all of `rows` rows; the upper half is read.
    values : (rows, matrix) float64
        Filled: eigenvalues, in no order.
    vectors : flat float64
        Filled, (row, vector; matrix): vectors of length 1.
    """
    lanes, sweeps = 16, 8  # ten rows need six to be exact to rounding
    rows, count = values.shape
    a, v = np.empty(rows * rows * lanes), np.empty(rows * rows * lanes)
    one, zero, two, tiny = every(a, 1.0), every(a, 0.0), every(a, 2.0), every(a, 1e-300)
    for begin in range(0, count, lanes):
        for i in range(rows):
            for k in range(rows):
                at = (i * rows + k) * lanes
                store(a, at, load(system, (i * rows + k) * count + begin))
                store(v, at, one if i == k else zero)
        for _ in range(sweeps):
            for p in range(rows - 1):
                for q in range(p + 1, rows):
                    pp, qq, pq = (p * rows + p) * lanes, (q * rows + q) * lanes, (p * rows + q) * lanes
                    off = load(a, pq)
                    apart, twice = sub(load(a, qq), load(a, pp)), mul(two, off)
                    root = sqrt(fma(apart, apart, fma(twice, twice, tiny)))
                    t = div(twice, add(apart, signed(root, apart)))
                    c = div(one, sqrt(fma(t, t, one)))
                    s = mul(t, c)
                    store(a, pp, fnma(t, off, load(a, pp)))
                    store(a, qq, fma(t, off, load(a, qq)))
                    store(a, pq, zero)
                    for k in range(rows):
                        kp, kq = (k * rows + p) * lanes, (k * rows + q) * lanes
                        x, y = load(v, kp), load(v, kq)
                        store(v, kp, fnma(s, y, mul(c, x)))
                        store(v, kq, fma(s, x, mul(c, y)))
                        if k in (p, q):
                            continue
                        kp = (min(k, p) * rows + max(k, p)) * lanes
                        kq = (min(k, q) * rows + max(k, q)) * lanes
                        x, y = load(a, kp), load(a, kq)
                        store(a, kp, fnma(s, y, mul(c, x)))
                        store(a, kq, fma(s, x, mul(c, y)))
        for i in range(rows):
            for lane in range(lanes):
                values[i, begin + lane] = a[(i * rows + i) * lanes + lane]
            for k in range(rows):
                store(vectors, (i * rows + k) * count + begin, load(v, (i * rows + k) * lanes))
