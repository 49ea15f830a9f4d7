"""Results that were computed before, found again by what they were computed from.

An entry is named by the scenario, the version and the source of the package itself, so that neither an edit nor an
update can ever bring back an old result. A lost, broken or unwritable cache costs time, never a wrong answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import rheobase
from rheobase.io.files import write_atomic
from rheobase.io.results import result_text
from rheobase.io.scenario import Scenario

_KEEP = 200
_CODE = (".py", ".toml", ".bib", ".csv", ".json", ".css", ".js")


def cache_folder() -> Path:
    """Where results are kept: ``RHEOBASE_CACHE_DIR``, or ``rheobase`` in the user's cache folder.

    Examples
    --------
    >>> cache_folder().name
    'rheobase'
    """
    if own := os.environ.get("RHEOBASE_CACHE_DIR"):
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rheobase"


@cache
def source_digest() -> str:
    """SHA-256 over every source file and table of the installed package, and its version.

    Examples
    --------
    >>> len(source_digest())
    64
    """
    root = Path(rheobase.__file__).parent
    digest = hashlib.sha256(rheobase.__version__.encode())
    for path in sorted(p for p in root.rglob("*") if p.suffix in _CODE and p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def scenario_key(scenario: Scenario) -> str:
    """The name under which the result of a scenario is kept.

    Examples
    --------
    >>> from rheobase.io.scenario import load_scenario
    >>> a, b = load_scenario("tens-forearm"), load_scenario("tens-forearm", {"scenario.seed": 2})
    >>> scenario_key(a) == scenario_key(b)
    False
    """
    digest = hashlib.sha256(source_digest().encode())
    digest.update(json.dumps(scenario.inputs(), sort_keys=True).encode())
    file = getattr(scenario.pulse, "file", None)
    if file is not None:
        # The samples belong to the scenario: another content is another scenario.
        with suppress(OSError):
            digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def cached(scenario: Scenario, compute: Callable[[], dict[str, Any]], *, use: bool = True) -> dict[str, Any]:
    """The result of a scenario, computed only if it is not known.

    Parameters
    ----------
    scenario : Scenario
        What is asked.
    compute : callable
        Makes the result document.
    use : bool
        False computes in any case, and keeps the new result.

    Returns
    -------
    dict
        The result document, exactly as it reads back from JSON.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> from rheobase.io.scenario import load_scenario
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     [cached(load_scenario("tens-forearm"), lambda: print("computing") or {"answer": 1}) for _ in range(2)]
    computing
    [{'answer': 1}, {'answer': 1}]
    """
    content = cached_bytes(scenario, "result.json", lambda: result_text(compute()).encode(), use=use)
    return json.loads(content)


def known_result(scenario: Scenario) -> dict[str, Any] | None:
    """The kept result of a scenario, or None.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> from rheobase.io.scenario import load_scenario
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     known_result(load_scenario("tens-forearm")) is None
    True
    """
    content = _read(_entry(scenario, "result.json"))
    return None if content is None else json.loads(content)


def cached_bytes(scenario: Scenario, name: str, make: Callable[[], bytes], *, use: bool = True) -> bytes:
    """Any file that follows from a scenario, made only if it is not known.

    Parameters
    ----------
    scenario : Scenario
        What the file follows from.
    name : str
        File name, such as ``"report.html"``.
    make : callable
        Makes the content.
    use : bool
        False makes it in any case.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> from rheobase.io.scenario import load_scenario
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     cached_bytes(load_scenario("tens-forearm"), "report.html", lambda: b"<p>")
    b'<p>'
    """
    entry = _entry(scenario, name)
    known = _read(entry) if use else None
    if known is not None:
        return known
    content = make()
    _keep(entry, content)
    return content


def _entry(scenario: Scenario, name: str) -> Path:
    return cache_folder() / "results" / f"{scenario_key(scenario)}-{name}"


def _read(entry: Path) -> bytes | None:
    try:
        digest, content = entry.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    return content if digest == hashlib.sha256(content).hexdigest().encode() else None


def _keep(entry: Path, content: bytes) -> None:
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(entry, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        _tidy(entry.parent)


def _tidy(folder: Path) -> None:
    """Forget the oldest entries, so that the cache does not grow for ever."""
    dated = []
    for path in folder.iterdir():
        with suppress(OSError):
            dated.append((path.stat().st_mtime, path))
    for _, path in sorted(dated)[:-_KEEP]:
        with suppress(OSError):
            path.unlink()
