"""``rheobase run``: a scenario from the pulse to the report."""

from __future__ import annotations

import argparse
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from rheobase.cli._text import columns, progress, styled
from rheobase.errors import ScenarioError

if TYPE_CHECKING:
    from rheobase.io.scenario import Scenario

HELP = "run a scenario and write its report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that may follow the verb."""
    parser.add_argument("scenario", metavar="NAME|FILE.toml", help="a built-in scenario, or a file of your own")
    parser.add_argument("--out", metavar="DIR", help="folder for the results (default: rheobase-out/NAME)")
    parser.add_argument(
        "--json", action="store_true", help="print the result document only; write files only with --out"
    )
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], dest="overrides",
        help="change a value of the scenario, such as pads.width_mm=30 or 'output.amplitude_mA=20 mA'; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="compute the result anew, from fields and fibres that are known; `rheobase cache clear` forgets these",
    )


def main(given: argparse.Namespace) -> int:
    """Run, write and print."""
    from rheobase.io.files import check_folder
    from rheobase.io.results import result_text
    from rheobase.io.scenario import load_scenario

    scenario = load_scenario(given.scenario, overrides(given.overrides))
    folder = Path(given.out) if given.out else None if given.json else Path("rheobase-out") / scenario.name
    if folder is not None:
        check_folder(folder)
    with progress(quiet=given.json) as show:
        result = _result(scenario, show, use_cache=not given.no_cache)
        if show and folder is not None:
            show("writing the report", 1.0)
        files = write(result, scenario, folder, use_cache=not given.no_cache) if folder is not None else {}
    if given.json:
        sys.stdout.write(result_text(result))
        return 0
    wide = get_terminal_size().columns if sys.stdout.isatty() else 160
    print("\n".join(summary(result, wide)))
    if folder is not None:
        print(f"\nWritten to {folder}: {', '.join(files)}")
    return 0


def overrides(words: list[str]) -> dict[str, Any]:
    """The values of ``--set``, each as TOML or, failing that, as plain text.

    Raises
    ------
    ScenarioError
        If a word has no ``=``.

    Examples
    --------
    >>> overrides(["pads.width_mm=30", "output.amplitude_mA=20 mA"])
    {'pads.width_mm': 30, 'output.amplitude_mA': '20 mA'}
    """
    found: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(f"--set {word}: write KEY=VALUE, such as --set pads.width_mm=30.")
        try:
            found[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = value.strip()
    return found


def write(result: Mapping[str, Any], scenario: Scenario, folder: Path, *, use_cache: bool = True) -> dict[str, Path]:
    """Write result.json, result.nc and report.html: all of them, or none."""
    from rheobase.io.cache import cached_bytes
    from rheobase.io.files import write_folder
    from rheobase.io.results import write_json

    def netcdf(path: Path) -> bytes:
        from rheobase.io.netcdf import write_netcdf

        write_netcdf(result, path)
        return path.read_bytes()

    def report() -> bytes:
        from rheobase.report import report_html

        return report_html(result).encode("utf-8")

    def known(name: str, make: Any) -> Any:
        return lambda path: path.write_bytes(cached_bytes(scenario, name, lambda: make(path), use=use_cache))

    return write_folder(
        folder,
        {
            "report.html": known("report.html", lambda _: report()),
            "result.json": lambda path: write_json(result, path),
            "result.nc": known("result.nc", netcdf),
        },
    )


def summary(result: Mapping[str, Any], wide: int = 100) -> list[str]:
    """The short table: thresholds, window, charge, density and verdicts, in plain words."""
    scenario = result.get("scenario") or {}
    lines = [styled(str(scenario.get("summary") or scenario.get("name", "")), "bold"), ""]
    lines += textwrap.wrap(str(result.get("answer", "")), min(max(wide, 40), 100))
    if result.get("standing"):
        lines += [styled(line, "dim") for line in textwrap.wrap(str(result["standing"]), min(max(wide, 40), 100))]
    elif not result.get("calibrated"):
        lines.append(styled("Not calibrated to a person: a prior over virtual people.", "dim"))
    for block in (
        _thresholds(result, wide), _torque(result), _figures(result), _key_figures(result), _verdicts(result),
    ):  # fmt: skip
        lines += ["", *block] if block else []
    return lines


def _result(scenario: Scenario, show: Any, *, use_cache: bool) -> dict[str, Any]:
    from rheobase.io.cache import cached
    from rheobase.io.scenario import named_place

    def compute() -> dict[str, Any]:
        # The chain is heavy to import; a known result needs none of it.
        from rheobase.scenario import run_scenario  # type: ignore[attr-defined]

        with named_place(scenario):
            return run_scenario(scenario, show)

    return cached(scenario, compute, use=use_cache)


def _thresholds(result: Mapping[str, Any], wide: int) -> list[str]:
    body = []
    for event in result.get("events", ()):
        a = event["amplitude_mA"]
        where = textwrap.shorten(str(event.get("where", "")), max(wide - 50, 24), placeholder=" …")
        body.append((event["plain"], *(_fixed(a.get(k)) for k in ("median", "p5", "p95")), where))
    return columns(("", "median mA", "5 %", "95 %", "where"), body, right=(1, 2, 3)) if body else []


def _torque(result: Mapping[str, Any]) -> list[str]:
    data = result.get("torque")
    if not data:
        return []
    peak = {key: max(values) for key, values in data["peak_Nm"].items()}
    body = [("torque of the strongest contraction, N m", peak, 1),
            ("mean share of the voluntary maximum, %", data["evoked_share"], 100),
            ("fall over the session, %", data["fall_share"], 100)]  # fmt: skip
    plan = result.get("training")
    if plan:
        weeks = f"{plan['weeks']:g} weeks"
        body += [
            (f"{name} after {weeks}, %", plan[key], 1) for name, key in (("strength", "strength"), ("size", "size"))
        ]
    told = [(name, *(f"{times * v[k]:.0f}" for k in ("median", "p5", "p95"))) for name, v, times in body]
    return columns(("", "median", "5 %", "95 %"), told, right=(1, 2, 3))


def _figures(result: Mapping[str, Any]) -> list[str]:
    from rheobase.report.words import number

    body = []
    window = result.get("window_mA") or {}
    if window.get("from") is not None and window.get("to") is not None:
        body.append(("comfortable window", f"{number(window['from'])} to {number(window['to'])} mA"))
    amplitude_mA = (result.get("safety") or {}).get("amplitude_mA")
    if amplitude_mA:
        body.append(("amplitude", f"{number(amplitude_mA)} mA"))
        charge = (result.get("pulse") or {}).get("charge_per_phase_uC_per_mA")
        if charge is not None:
            body.append(("charge in one phase", f"{number(charge * amplitude_mA)} µC"))
        density = (result.get("field") or {}).get("peak_density_A_per_m2_per_mA")
        if density is not None:
            body.append(("highest density under a pad", f"{number(density * amplitude_mA / 10)} mA/cm²"))
    return [line for line in columns(("", ""), body) if line]


def _key_figures(result: Mapping[str, Any]) -> list[str]:
    from rheobase.report.words import number, unit

    known = result.get("key_figures") or ()
    body = [(k["plain"], number(k["value"]), {"1": "", "percent": "%"}.get(k["unit"], unit(k["unit"]))) for k in known]
    return columns(("", "figure", ""), body, right=(1,)) if body else []


def _verdicts(result: Mapping[str, Any]) -> list[str]:
    from rheobase.report.words import number, unit

    part = result.get("safety") or {}
    body, words = [], []
    for v in part.get("verdicts", ()):
        if v.get("verdict") == "not applicable":
            continue
        mark = "at most" if v.get("bound") == "max" else "attention above"
        doubt = " (unconfirmed)" if v.get("confidence") in ("recalled", "judgement") else ""
        name = unit(str(v.get("unit", "")))
        body.append(
            (
                str(v.get("plain")),
                number(v.get("value")),
                name,
                mark,
                number(v.get("limit")),
                f"{v.get('verdict')}{doubt}",
            )
        )
        words.append(str(v.get("verdict")))
    if not body:
        return []
    head, *rows = columns(("output limits", "figure", "unit", "", "limit", "verdict"), body, right=(1, 4))
    shown = [
        row[: row.rindex(w)] + styled(w, w) + row[row.rindex(w) + len(w) :] for row, w in zip(rows, words, strict=True)
    ]
    remedies = [
        f"{v['plain']}: {v['remedy']}"
        for v in part.get("verdicts", ())
        if v.get("remedy") and v.get("verdict") not in ("within", "not applicable")
    ]
    overall = str(part.get("overall", ""))
    return [head, *shown, f"over all: {styled(overall, overall)}", *remedies]


def _fixed(value: Any) -> str:
    return "–" if value is None else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
