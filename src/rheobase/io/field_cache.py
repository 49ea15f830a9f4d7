"""Fields that were solved before, found again by anatomy, montage, settings and the source of the package.

Several processes may read and write at once: every entry is one file that appears whole or not at all, and carries the
digest of its content. A process that is killed leaves at most a temporary file, which `clear_cache` removes.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart, Volume
from rheobase.errors import ParameterError
from rheobase.field import Field, solve_field
from rheobase.field.stored import content_of, field_arrays, field_from_arrays
from rheobase.io.cache import cache_folder, source_digest
from rheobase.io.files import write_atomic
from rheobase.montage import Implanted, Montage

MOST_BYTES = 2_000_000_000
_SUFFIX = ".field"


def field_key(anatomy: BodyPart | Volume, montage: Montage | Implanted, method: str = "auto", **settings: Any) -> str:
    """The name under which a field is kept.

    Parameters
    ----------
    anatomy, montage, method, **settings
        As for `solve_field`.

    Raises
    ------
    ParameterError
        If the anatomy holds a value that cannot be told apart by its content, such as a function.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm, thin = Forearm(), Forearm(fat_mm=2.0)
    >>> field_key(arm, pad_pair(arm)) == field_key(thin, pad_pair(thin))
    False
    """
    digest = hashlib.sha256(source_digest().encode())
    for kind in type(anatomy).__mro__:  # an anatomy may come from another package, whose source counts too
        with suppress(TypeError, OSError):
            if (path := inspect.getsourcefile(kind)) is not None:
                digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    digest.update(content_of((anatomy, montage, method, settings)).encode())
    return digest.hexdigest()


def cached_field(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    method: str = "auto",
    *,
    use: bool = True,
    **settings: Any,
) -> Field:
    """`solve_field`, computed only if the field is not known.

    Parameters
    ----------
    anatomy, montage, method, **settings
        As for `solve_field`.
    use : bool
        False solves in any case, and keeps the new field.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     first, again = (cached_field(arm, pad_pair(arm), cell_mm=4.0).resistance_ohm for _ in range(2))
    >>> first == again
    True
    """
    try:
        entry = _folder() / f"{field_key(anatomy, montage, method, **settings)}{_SUFFIX}"
    except ParameterError:
        return solve_field(anatomy, montage, method, **settings)  # no content to find it by
    known = _read(entry) if use else None
    if known is not None:
        with suppress(KeyError, ValueError):
            return field_from_arrays(anatomy, montage, known)
    field = solve_field(anatomy, montage, method, **settings)
    with suppress(ParameterError):
        _keep(entry, field_arrays(field))
    return field


def cached_arrays(
    about: tuple[Any, ...], kind: str, make: Callable[[], dict[str, np.ndarray]], **settings: Any
) -> dict[str, np.ndarray]:
    """Arrays about a body part that were computed before, kept beside its fields.

    Parameters
    ----------
    about : tuple
        The body part and all that the arrays depend on, told apart by content.
    kind : str
        What they are.
    make : callable
        Computes them by name if they are not known.
    **settings
        Further values they depend on.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> from rheobase.anatomy import Forearm
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     [int(cached_arrays((Forearm(),), "test", lambda n=n: {"n": np.array(n)})["n"]) for n in (1, 2)]
    [1, 1]
    """
    digest = hashlib.sha256(source_digest().encode())
    try:
        digest.update(content_of((about, kind, settings)).encode())
    except ParameterError:
        return make()  # no content to find them by
    entry = _folder() / f"{digest.hexdigest()}{_SUFFIX}"
    known = _read(entry)
    if known is not None:
        return known
    made = make()
    _keep(entry, made)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShelf:
    """One kind of entry in the cache.

    Parameters
    ----------
    kind : str
        Folder, such as ``"fields"``.
    entries : int
        Number of files.
    size_bytes : int
        Their size.

    Examples
    --------
    >>> CacheShelf(kind="fields", entries=0, size_bytes=0).entries
    0
    """

    kind: str
    entries: int
    size_bytes: int


def cache_shelves() -> tuple[CacheShelf, ...]:
    """What the cache holds, by kind.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     [shelf.kind for shelf in cache_shelves()]
    ['fields', 'results']
    """
    out = []
    for kind in ("fields", "results"):
        sizes = [size for _, size, _ in _files(cache_folder() / kind)]
        out.append(CacheShelf(kind=kind, entries=len(sizes), size_bytes=sum(sizes)))
    return tuple(out)


def clear_cache(kind: str | None = None) -> int:
    """Remove all entries, or those of one kind. What another process is writing just then may be lost to the cache.

    Parameters
    ----------
    kind : str, optional
        ``"fields"`` or ``"results"``.

    Returns
    -------
    int
        Number of files removed.

    Raises
    ------
    ParameterError
        If there is no such kind.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> with tempfile.TemporaryDirectory() as here, mock.patch.dict(os.environ, RHEOBASE_CACHE_DIR=here):
    ...     clear_cache()
    0
    """
    kinds = [shelf.kind for shelf in cache_shelves()]
    if kind is not None and kind not in kinds:
        raise ParameterError(f"The cache has no kind '{kind}'; it has {' and '.join(kinds)}.")
    gone = 0
    for one in kinds if kind is None else [kind]:
        for _, _, path in _files(cache_folder() / one):
            with suppress(OSError):
                path.unlink()
                gone += 1
    return gone


def _folder() -> Path:
    return cache_folder() / "fields"


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """Time, size and path of every file of a folder, oldest first; files may vanish meanwhile."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
    return sorted(found)


def _read(entry: Path) -> dict[str, np.ndarray] | None:
    try:
        digest, content = entry.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    if digest != hashlib.sha256(content).hexdigest().encode():
        return None
    with suppress(OSError):
        os.utime(entry)  # what is used is kept longest
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _keep(entry: Path, arrays: dict[str, np.ndarray]) -> None:
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    content = packed.getvalue()
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(entry, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        _tidy(entry.parent)


def _tidy(folder: Path) -> None:
    """Forget what was not used for longest, so that the cache does not grow for ever."""
    files = _files(folder)
    total = sum(size for _, size, _ in files)
    for _, size, path in files:
        if total <= MOST_BYTES:
            return
        with suppress(OSError):
            path.unlink()
            total -= size
