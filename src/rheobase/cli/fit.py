"""``rheobase fit``: a person's muscle from a recorded force."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rheobase.cli._text import columns

if TYPE_CHECKING:
    from rheobase.effect import Identified, Pulses

HELP = "find a person's muscle constants in a recorded force (CSV)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("file", metavar="FILE.csv", help="columns time_s, force_N and, without --rate, pulse (0 or 1)")
    parser.add_argument("--rate", type=float, metavar="HZ", help="pulse rate, where the file marks no pulses")
    parser.add_argument("--on", type=float, metavar="S", help="length of each train, with --rate")
    parser.add_argument("--off", type=float, default=0.0, metavar="S", help="pause after each train")
    parser.add_argument("--contractions", type=int, default=1, metavar="N", help="number of trains")
    parser.add_argument("--free", metavar="NAME,...", help="constants to look for (default: four of a rested muscle)")
    parser.add_argument("--json", action="store_true", help="print constants, intervals and warnings as JSON")


def main(given: argparse.Namespace) -> int:
    """Fit and print."""
    from rheobase.effect import FORCE, force_from_csv, identify

    free = tuple(n.strip() for n in given.free.split(",")) if given.free else FORCE
    found = identify(force_from_csv(given.file, _pulses(given)), free=free)
    if given.json:
        said = {
            "constants": {n: asdict(e) for n, e in found.estimates.items()},
            "explained_share": found.explained_share,
            "rms_N": found.rms_N,
            "warnings": list(found.warnings),
        }
        print(json.dumps(said, indent=1))
    else:
        print("\n".join(summary(found)))
    return 0


def summary(found: Identified) -> list[str]:
    """The constants as a table, then how well they do, then what the recording cannot tell."""
    body = [(n, *(f"{v:.4g}" for v in (e.value, e.low, e.high)), e.unit) for n, e in found.estimates.items()]
    lines = columns(("constant", "value", "from", "to (95 %)", "unit"), body, right=(1, 2, 3))
    share = 100.0 * found.explained_share
    lines += ["", f"explains {share:.1f} % of the variance of the force; {found.rms_N:.2g} N left (r.m.s.)"]
    return [*lines, *found.warnings]


def _pulses(given: argparse.Namespace) -> Pulses | None:
    from rheobase.effect import steady_pulses
    from rheobase.errors import ParameterError

    if given.rate is None:
        return None
    if given.on is None:
        raise ParameterError("--rate is given without --on; give the length of each train in s, as --on 1.")
    return steady_pulses(rate_hz=given.rate, on_s=given.on, off_s=given.off, contractions=given.contractions)
