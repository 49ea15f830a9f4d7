"""The command line: one module a verb. Nothing heavy is imported before a verb needs it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

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
    try:
        from rheobase.cli._main import command
    except KeyboardInterrupt:  # before the command has begun, and with it the handling of what goes wrong
        print("rheobase: stopped; nothing was written", file=sys.stderr)
        return 130
    return command(argv)
