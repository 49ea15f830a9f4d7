"""Name the work a result rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rheobase.errors import ParameterError
from rheobase.tables._load import Source, row, source


def cite(result: Any) -> tuple[Source, ...]:
    """Bibliography entries of exactly the tables and models that a result used.

    Parameters
    ----------
    result : object
        A result document of `rheobase.run`, or anything with ``rows``: a field, a recruitment, a limb, a fibre model.

    Returns
    -------
    tuple of Source
        Each once, sorted by key.

    Raises
    ------
    ParameterError
        If the object does not say what it used.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> [s.key for s in cite(fibre_model("mrg_discrete"))]
    ['mcintyre2002', 'mcintyre2004']
    """
    if isinstance(result, Mapping) and "citations" in result:
        keys = {entry["key"] for entry in result["citations"]}
    elif not isinstance(result, Mapping) and hasattr(result, "rows"):
        keys = {key for name in result.rows for key in row(name).sources}
    else:
        raise ParameterError(
            f"A {type(result).__name__} does not say which data it used. Give a result document or an object with rows."
        )
    return tuple(source(key) for key in sorted(keys))
