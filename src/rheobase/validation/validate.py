"""The verb: run comparisons and give their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rheobase.errors import ParameterError, near_name
from rheobase.validation._rows import VERDICTS, Comparison, RowDict
from rheobase.validation.all import COMPARISONS
from rheobase.validation.reference import compare_reference


def groups() -> dict[str, str]:
    """Names of the comparisons and what each is about.

    Examples
    --------
    >>> groups()["limb_field"]
    'potential and resistance of the reference limb'
    """
    return {c.name: c.about for c in COMPARISONS}


def summary(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count rows by verdict.

    Examples
    --------
    >>> summary([{"verdict": "within"}])
    {'within': 1, 'outside': 0, 'not comparable': 0, 'not built': 0}
    """
    counted = Counter(r["verdict"] for r in rows)
    return {v: counted[v] for v in VERDICTS}


def validate(
    name: str | None = None, reference: str | Path | None = None, progress: Callable[[str, float], None] | None = None
) -> list[RowDict]:
    """Compare Rheobase with published and reference figures.

    Parameters
    ----------
    name : str, optional
        One of `groups`; all of them if left out.
    reference : path, optional
        A file in the format of ``fibre_thresholds.json`` or ``limb_field.json``; its rows are then compared, and of
        the built-in comparisons only the one named.
    progress : callable, optional
        Is told what is being compared and the share done.

    Returns
    -------
    list of dict
        Each with group, name, source, published, ours, unit, tolerance, verdict (within, outside, not comparable,
        not built), confidence, where, note.

    Raises
    ------
    ParameterError
        If there is no comparison of that name.
    TableError
        If the reference file cannot be used.

    Examples
    --------
    >>> rows = validate("limb_field")
    >>> rows[-1]["unit"], {r["verdict"] for r in rows}
    ('', {'within'})
    """
    chosen = _chosen(name, reference)
    total = len(chosen) + (reference is not None)
    rows: list[RowDict] = []
    for done, comparison in enumerate(chosen):
        tell = _teller(progress, comparison.about, done, total)
        tell(0.0)
        rows += [{"group": comparison.name} | r for r in comparison.run(tell)]
    if reference is not None:
        rows += compare_reference(reference, _teller(progress, Path(reference).name, len(chosen), total))
    return rows


def _chosen(name: str | None, reference: str | Path | None) -> tuple[Comparison, ...]:
    if name is None:
        return () if reference is not None else COMPARISONS
    known = {c.name: c for c in COMPARISONS}
    if name not in known:
        raise ParameterError(f"There is no comparison '{name}'.{near_name(name, known)}")
    return (known[name],)


def _teller(progress: Callable[[str, float], None] | None, what: str, done: int, total: int) -> Callable[[float], None]:
    if progress is None:
        return lambda share: None
    return lambda share: progress(what, (done + share) / total)
