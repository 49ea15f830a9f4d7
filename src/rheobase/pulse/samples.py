"""Pulses from samples: straight lines between measured or designed points."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from rheobase.errors import ParameterError, near_name
from rheobase.pulse.pieces import Samples
from rheobase.pulse.waveform import Pulse

COLUMNS = ("time_us", "relative")
"""The columns a CSV must have."""


def from_samples(time_us: Sequence[float], relative: Sequence[float], name: str = "samples") -> Pulse:
    """A pulse of straight lines between samples; it begins at the first sample.

    Parameters
    ----------
    time_us : sequence of float
        Times, at least two, strictly increasing.
    relative : sequence of float
        Values relative to the amplitude, -1 to 1; they keep the peak they have. Below 0 is cathodic.
    name : str
        What it is called in reports.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If samples are not finite, not increasing in time, all zero, or above 1.

    Examples
    --------
    >>> from_samples([0, 100, 200], [0, -0.5, 0]).charge_per_phase_uC(10)
    0.5
    """
    begin = float(time_us[0]) if len(time_us) else 0.0
    shifted = tuple(float(t) - begin for t in time_us) if math.isfinite(begin) else tuple(map(float, time_us))
    piece = Samples(time_us=shifted, relative=tuple(map(float, relative)))
    return Pulse(name=name, pieces=(piece,))


def from_csv(path: str | Path) -> Pulse:
    r"""A pulse from a CSV file with the columns ``time_us`` and ``relative``.

    Lines that are empty or begin with ``#`` are passed over; further columns are ignored.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, UTF-8, commas between columns, points as decimal marks.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If the file cannot be read, a column is missing, or a sample is not finite, not later than the one before or
        above 1; the message names file, line and remedy.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "triangle.csv"
    >>> _ = file.write_text("time_us,relative\n0,0\n100,-1\n200,0\n")
    >>> from_csv(file).charge_per_phase_uC(10)
    1.0
    """
    path = Path(path)
    lines = _lines(path)
    if not lines:
        raise ParameterError(f"{path}: the file is empty; it must begin with the line 'time_us,relative'.")
    (head_line, head), rows = lines[0], lines[1:]
    columns = [_column(path, head_line, head, name) for name in COLUMNS]
    time_us: list[float] = []
    relative: list[float] = []
    for line, row in rows:
        t, w = (_number(path, line, row, at, name) for at, name in zip(columns, COLUMNS, strict=True))
        if time_us and t <= time_us[-1]:
            raise ParameterError(
                f"{path}, line {line}: time_us is {t:g} us after {time_us[-1]:g} us; times must increase. Sort the"
                " lines, and give a step as two samples a little apart."
            )
        if abs(w) > 1:
            raise ParameterError(
                f"{path}, line {line}: relative is {w:g}; it must be -1 to 1, for amplitude_mA is the peak. Divide the"
                " column by its peak and multiply amplitude_mA by it."
            )
        time_us.append(t)
        relative.append(w)
    if len(time_us) < 2 or not any(relative):
        raise ParameterError(
            f"{path}: {len(time_us)} samples, of which {sum(map(bool, relative))} are not zero; a pulse needs at least"
            " two samples and one that is not zero. Add lines with time_us and relative."
        )
    return from_samples(time_us, relative, name=path.stem)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Lines that say something, with their number in the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}). Check the path.") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: is no UTF-8 text. Save it as CSV in UTF-8.") from None
    numbered = ((i, line) for i, line in enumerate(text.splitlines(), start=1))
    return [(i, next(csv.reader([line]))) for i, line in numbered if line.strip() and not line.lstrip().startswith("#")]


def _column(path: Path, line: int, head: list[str], name: str) -> int:
    names = [cell.strip() for cell in head]
    if name in names:
        return names.index(name)
    hint = " Use commas between columns." if len(names) == 1 and ";" in names[0] else ""
    hint = hint or near_name(name, names).replace("Did you mean", "Is it")
    raise ParameterError(
        f"{path}, line {line}: the column '{name}' is missing.{hint} The first line must be 'time_us,relative'."
    )


def _number(path: Path, line: int, row: list[str], at: int, name: str) -> float:
    text = row[at].strip() if at < len(row) else ""
    try:
        x = float(text)
    except ValueError:
        x = math.nan
    if not math.isfinite(x):
        raise ParameterError(
            f"{path}, line {line}: {name} is '{text}'; it must be a finite number, with a point as decimal mark. Fill"
            " the gap or remove the line."
        )
    return x
