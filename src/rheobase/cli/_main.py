"""Read the words of the command line, call the verb, and turn errors into one line and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import rheobase
from rheobase.cli import cache, cite, run, scenarios, validate
from rheobase.errors import RheobaseError, near_name

_VERBS = {"run": run, "scenarios": scenarios, "validate": validate, "cite": cite, "cache": cache}

_ABOUT = "Electrical stimulation followed all the way: pulse, pads, field, nerve fibres, sensation, safety."
_NO_DEVICE = "For research, engineering and teaching. Not a medical device."

_GREETING = f"""\
Rheobase {rheobase.__version__}
{_ABOUT}
{_NO_DEVICE}

Three commands to try:

  rheobase run tens-forearm    two pads on a forearm: when it tingles, moves, hurts, and a report
  rheobase scenarios           what else there is to run
  rheobase validate            how far to trust it: ours beside published figures

'rheobase --help' lists everything."""


class _Usage(Exception):
    """The words make no command."""


class _Parser(argparse.ArgumentParser):
    """A parser that lets `command` decide how a wrong word is answered."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise _Usage(f"{message}. '{self.prog} --help' says how.")


def command(argv: Sequence[str] | None = None) -> int:
    """Do what the words say; see `rheobase.cli.main`."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no "µ" shows a question mark instead of failing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return _dispatch(words)
    except _Usage as error:
        return _complain(str(error), 2)
    except RheobaseError as error:
        return _complain(str(error), 1)
    except BrokenPipeError:
        # Whoever reads us has seen enough, as `head` does. Keep the interpreter from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _complain("stopped; nothing was written", 130)


def _dispatch(words: list[str]) -> int:
    if not words:
        print(_GREETING)
        return 0
    parser = _parser()
    if words[0] in ("-h", "--help", "help"):
        parser.print_help()
        return 0
    if words[0] == "--version":
        print(f"rheobase {rheobase.__version__}")
        return 0
    verb = words[0]
    if verb not in _VERBS:
        noun = "option" if verb.startswith("-") else "command"
        raise _Usage(f"there is no {noun} '{verb}'.{near_name(verb, [*_VERBS, '--help', '--version'])}")
    try:
        given = parser.parse_args(words)
    except SystemExit as asked_for_help:
        return int(asked_for_help.code or 0)
    return _VERBS[verb].main(given)


def _complain(message: str, code: int) -> int:
    print("\n".join(f"rheobase: {line}" for line in message.splitlines()), file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="rheobase", description=f"{_ABOUT} {_NO_DEVICE}", allow_abbrev=False)
    parser.add_argument("--version", action="store_true", help="print the version")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name, module in _VERBS.items():
        one = verbs.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        module.add_arguments(one)
    return parser
