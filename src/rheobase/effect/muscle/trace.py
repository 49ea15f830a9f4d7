"""A recorded force: read from a file, with its gaps kept as gaps."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError, near_name

Array = NDArray[np.floating[Any]]
COLUMNS = ("time_s", "force_N", "pulse")
_LONG_STEP = 3.0  # a step this many times the usual one is a gap
_LEAST_SHARE = 0.5
_LEAST_SAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForceTrace:
    """Force of a stimulated muscle over time, and the pulses that made it.

    Parameters
    ----------
    time_s, force_N : array
        The samples; force is NaN where it was not recorded.
    pulses : Pulses
        The stimulus, all of it.
    missing_share : float
        Share of the time without force, 0 to 1.
    gaps_s : tuple of (float, float)
        Beginning and end of each gap.

    Examples
    --------
    >>> from rheobase.effect import contract, ding2003, steady_pulses
    >>> pulses = steady_pulses(rate_hz=40.0, on_s=0.5)
    >>> made = contract(ding2003(), pulses, dt_s=0.005)
    >>> force_trace(made.time_s, made.force_N, pulses).missing_share
    0.0
    """

    time_s: Array
    force_N: Array
    pulses: Pulses
    missing_share: float
    gaps_s: tuple[tuple[float, float], ...]


def force_trace(
    time_s: Array, force_N: Array, pulses: Pulses | None = None, *, pulse_count: Array | None = None
) -> ForceTrace:
    """Check a recording and find its gaps.

    Parameters
    ----------
    time_s, force_N : array
        Samples in ascending order; NaN where force was not recorded.
    pulses : Pulses, optional
        The stimulus, on the clock of the samples.
    pulse_count : array, optional
        In its stead, 1 at each sample at which a pulse was given. Rows must then be complete: pulses that fall into
        missing rows would be lost.

    Raises
    ------
    ParameterError
        If times do not ascend, less than half of the force is there, or pulses may be missing.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> time = np.arange(0.0, 1.0, 0.01)
    >>> force = np.where((time > 0.3) & (time < 0.5), np.nan, time)
    >>> force_trace(time, force, steady_pulses(rate_hz=40.0, on_s=0.9)).gaps_s
    ((0.3, 0.5),)
    """
    time, force = np.asarray(time_s, dtype=float), np.asarray(force_N, dtype=float)
    if time.shape != force.shape or time.ndim != 1 or not np.isfinite(time).all() or (np.diff(time) <= 0).any():
        raise ParameterError("time_s must hold one finite time for each force, each later than the one before.")
    there = np.isfinite(force)
    if there.sum() < _LEAST_SAMPLES:
        raise ParameterError(
            f"The recording holds {int(there.sum())} samples of force; at least {_LEAST_SAMPLES} are needed."
        )
    usual = float(np.median(np.diff(time)))
    holes = [(float(a), float(b)) for a, b in pairwise(time) if b - a > _LONG_STEP * usual]
    if pulses is None:
        pulses = _marked(time, pulse_count, holes)
    known = time[there]
    gaps = tuple((round(float(a), 9), round(float(b), 9)) for a, b in pairwise(known)
                 if b - a > _LONG_STEP * usual)  # fmt: skip
    missing = sum(b - a for a, b in gaps) / float(known[-1] - known[0])
    if missing > 1.0 - _LEAST_SHARE:
        raise ParameterError(
            f"{missing:.0%} of the force is missing; at least half of the recording must be there. Give another one,"
            " or cut it to the part that is whole."
        )
    return ForceTrace(time_s=time, force_N=force, pulses=pulses, missing_share=missing, gaps_s=gaps)


def _marked(time: Array, pulse_count: Array | None, holes: list[tuple[float, float]]) -> Pulses:
    if pulse_count is None:
        raise ParameterError("The stimulus is not known: give the pulses, or mark them in the column 'pulse'.")
    if holes:
        first, last = holes[0]
        raise ParameterError(
            f"Rows are missing from {first:g} to {last:g} s, and with them the pulses that came in between. Give the"
            " pulses apart, or write the rows with an empty force."
        )
    at = time[np.asarray(pulse_count) > 0]
    if len(at) == 0:
        raise ParameterError("The column 'pulse' marks no pulse; write 1 at each sample at which one was given.")
    # the muscle is at rest at the first sample, so its clock begins there
    full = np.ones(len(at))
    return Pulses(time_s=at - time[0], amplitude_mA=full, width_us=full, duration_s=float(time[-1] - time[0]) or 1e-3)


def force_from_csv(path: str | Path, pulses: Pulses | None = None) -> ForceTrace:
    r"""A recording from a CSV file with the columns ``time_s``, ``force_N`` and, unless pulses are given, ``pulse``.

    Empty lines and those that begin with ``#`` are passed over. An empty force (or ``nan``) is a gap.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, UTF-8, commas between columns, points as decimal marks.
    pulses : Pulses, optional
        The stimulus, from the first sample on.

    Raises
    ------
    ParameterError
        If the file cannot be read or a value in it be used; the message names file, line and remedy.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "force.csv"
    >>> _ = file.write_text("time_s,force_N,pulse\n" + "".join(f"{k / 100},{k % 9},{k == 0:d}\n" for k in range(30)))
    >>> len(force_from_csv(file).time_s)
    30
    """
    path = Path(path)
    rows = _rows(path)
    head = [name.strip() for name in rows[0][1]]
    wanted = COLUMNS if pulses is None else COLUMNS[:2]
    for name in wanted:
        if name not in head:
            raise ParameterError(
                f"{path}, line {rows[0][0]}: there is no column '{name}'.{near_name(name, head)} The first line must"
                f" name {', '.join(wanted)}."
            )
    columns = {name: np.array([_value(path, line, cells, head.index(name), name) for line, cells in rows[1:]])
               for name in wanted}  # fmt: skip
    time = columns["time_s"]
    late = np.flatnonzero(np.diff(time) <= 0)
    if len(late):
        line = rows[late[0] + 2][0]
        raise ParameterError(f"{path}, line {line}: time_s does not increase. Sort the lines, each time once.")
    try:
        return force_trace(time - time[0] if len(time) else time, columns["force_N"], pulses,
                           pulse_count=columns.get("pulse"))  # fmt: skip
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: is no UTF-8 text. Save it as CSV in UTF-8.") from None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise ParameterError(f"{path}: the file is empty; it must begin with the line '{','.join(COLUMNS)}'.")
    return [(n, next(csv.reader([line]))) for n, line in lines]


def _value(path: Path, line: int, cells: list[str], at: int, name: str) -> float:
    text = cells[at].strip() if at < len(cells) else ""
    if name != "time_s" and text.lower() in ("", "nan"):
        return math.nan if name == "force_N" else 0.0
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ParameterError(f"{path}, line {line}: {name} is '{text}'; it must be a number with a decimal point.")
    return value
