"""The command line: one module a verb. Nothing heavy is imported before a verb needs it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``rheobase``; those of the process if not given.

    Returns
    -------
    int
        0 done; 1 refused or failed, with the reason on stderr; 2 wrong use; 130 stopped with Ctrl-C.

    Examples
    --------
    >>> main(["--version"])  # doctest: +ELLIPSIS
    rheobase ...
    0
    """
    with _ctrl_c() as pressed:
        try:
            from rheobase.cli._main import command

            return command(argv)
        except BaseException:
            if not pressed:
                raise
            print("rheobase: stopped; nothing was written", file=sys.stderr)
            return 130


@contextmanager
def _ctrl_c() -> Iterator[list[int]]:
    """Note whether Ctrl-C was pressed: a library that was being imported may have made another error of it."""
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def note(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
