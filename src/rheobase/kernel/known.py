"""What a search knows of each fibre, as columns of one table of whole numbers.

Amplitudes are indices into a grid; `NONE` where none is known. `KEPT_...` is what was known above a block while the
search looks below it.
"""

COLUMNS = 13
(
    LOW, HIGH, START, VAIN, CLEAN, TRIAL, STEP, OPEN, TURNED, DESCENDING, KEPT_LOW, KEPT_HIGH, KEPT_START,
) = range(COLUMNS)  # fmt: skip
NONE = -(1 << 61)
