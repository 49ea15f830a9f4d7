"""Result documents to and from JSON, with the same bytes for the same result on every run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rheobase.errors import RheobaseError

SCHEMA = "rheobase-result/1"


def result_text(result: Mapping[str, Any]) -> str:
    """A result document as JSON text: sorted keys, numbers that are not finite as null.

    Examples
    --------
    >>> print(result_text({"b": float("nan"), "a": 1.5}))
    {
     "a": 1.5,
     "b": null
    }
    <BLANKLINE>
    """
    return json.dumps(plain(result), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Turn arrays, tuples and numpy numbers into what JSON knows.

    Parameters
    ----------
    value : any
        Nested mappings, sequences, arrays, numbers, text, None.

    Returns
    -------
    any
        Dicts, lists, text, int, float, bool and None; a number that is not finite becomes None.

    Raises
    ------
    TypeError
        If something has no plain form.

    Examples
    --------
    >>> plain({"x": (1, float("inf"))})
    {'x': [1, None]}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    raise TypeError(f"A result holds plain values only, not {type(value).__name__}: {value!r}.")


def write_json(result: Mapping[str, Any], path: Path) -> None:
    """Write ``result.json``.

    Parameters
    ----------
    result : mapping
        A result document.
    path : Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     write_json({"schema": SCHEMA}, Path(here) / "result.json")
    ...     read_result(Path(here) / "result.json")
    {'schema': 'rheobase-result/1'}
    """
    path.write_bytes(result_text(result).encode("utf-8"))


def read_result(path: str | Path) -> dict[str, Any]:
    """Read a result document.

    Raises
    ------
    RheobaseError
        If there is none, or the file holds something else.

    Examples
    --------
    >>> read_result("none.json")
    Traceback (most recent call last):
    rheobase.errors.RheobaseError: The result 'none.json' cannot be read: No such file or directory.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise RheobaseError(f"The result '{path}' cannot be read: {error.strerror}.") from None
    except ValueError:
        raise RheobaseError(f"'{path}' is not a result of Rheobase: it is not valid JSON.") from None
    given = found.get("schema") if isinstance(found, dict) else None
    if given != SCHEMA:
        raise RheobaseError(
            f"'{path}' has schema '{given}'; this version of Rheobase reads '{SCHEMA}'. Run the scenario again."
        )
    return found
