"""Write files so that nothing half-written is ever left behind."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from rheobase.errors import RheobaseError


def write_folder(folder: str | Path, writers: Mapping[str, Callable[[Path], None]]) -> dict[str, Path]:
    """Write several files into a folder: all of them, or none.

    Everything is written into a temporary folder beside the place where it belongs (or inside it, if it exists), and
    moved there at the end. An error or Ctrl-C on the way removes the temporary folder; files of other names that are
    already in the folder are left alone.

    Parameters
    ----------
    folder : str or Path
        The folder; it is made if needed.
    writers : mapping
        File name to a function that writes the file at the path it is given.

    Returns
    -------
    dict
        File name to the path where it now is.

    Raises
    ------
    RheobaseError
        If the folder cannot be written. Nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     list(write_folder(Path(here) / "new", {"a.txt": lambda path: path.write_text("a") and None}))
    ['a.txt']
    """
    target = Path(folder)
    with _temporary(target) as draft:
        for name, write in writers.items():
            write(draft / name)
        with _saying_which(target), _uninterrupted():
            _move_in_place(draft, target, list(writers))
    return {name: target / name for name in writers}


def check_folder(folder: str | Path) -> None:
    """Make sure that a folder can be written, before work is spent on what is to go there.

    Raises
    ------
    RheobaseError
        If it cannot; the message says why and what to do.

    Examples
    --------
    >>> check_folder(".")
    """
    with _temporary(Path(folder)):
        pass


def write_atomic(path: Path, content: bytes) -> None:
    """Write one file at once: a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        Where to write; its folder must exist.
    content : bytes
        The whole content.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=".rheobase-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    with _saying_which(target):
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(20, "there is a file of that name")
        near = target if target.is_dir() else next(p for p in target.absolute().parents if p.exists())
        draft = Path(tempfile.mkdtemp(prefix=".rheobase-", dir=near))
        draft.chmod(0o755)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _saying_which(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise RheobaseError(
            f"The folder '{target}' cannot be written: {why[:1].lower()}{why[1:]}."
            " Nothing was written. Choose another folder with --out."
        ) from error


def _move_in_place(draft: Path, target: Path, names: list[str]) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(draft, target)
        return
    for name in names:
        os.replace(draft / name, target / name)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait for the moves, which take no time a person could notice."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        raise KeyboardInterrupt
