"""Scenarios: what is stimulated, how, and in whom, as a TOML file or as plain frozen values.

The file is checked as a whole before anything is computed. Whatever is wrong with it is said with file, line, key and
remedy; an unknown key is an error, because a dose that is silently dropped is a safety fault.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rheobase.errors import ParameterError, ScenarioError, near_name


@dataclass(frozen=True, slots=True, kw_only=True)
class AnatomyInput:
    """The part of the body: site, fat and skin thickness in mm, ``resolved`` or ``lumped`` skin.

    A forearm has an outer radius (skin included); every other part the girth in mm at its main level and the person it
    is sized for. What is None is that of the person, or of the reference person.
    """

    site: str
    skin_model: str
    fat_mm: float | None = None
    skin_mm: float | None = None
    radius_mm: float | None = None
    main_girth_mm: float | None = None
    sex: str | None = None
    bmi_kg_per_m2: float | None = None
    stature_cm: float | None = None
    age_years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PadsInput:
    """Equal pads: two over a nerve at a centre distance in mm, or one at each named site, or the usual ones.

    Shape and size in mm, cathode, contact impedance. For a round pad width and length both hold its diameter; a size
    that is None is that of the usual pads.
    """

    over: str | None
    spacing_mm: float | None
    shape: str
    width_mm: float | None
    length_mm: float | None
    cathode: str | None
    contact_impedance_ohm_m2: float
    sites: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseInput:
    """One pulse: shape, width of one phase and gap in us, leading sign; the rest only where the shape has it."""

    shape: str
    width_us: float | None = None
    gap_us: float = 0.0
    leading: str = "cathodic"
    ratio: float = 1.0
    balanced: bool = True
    second_width_us: float | None = None
    second_relative: float | None = None
    time_constant_us: float | None = None
    carrier_hz: float | None = None
    cycles: float | None = None
    duration_us: float | None = None
    file: str | None = None

    def arguments(self) -> dict[str, Any]:
        """What the maker of this shape in `rheobase.pulse` takes, by keyword.

        Examples
        --------
        >>> load_scenario("tens-forearm", {"pulse.shape": "monophasic"}).pulse.arguments()
        {'width_us': 200.0, 'leading': 'cathodic'}
        """
        from rheobase.io._pulse_keys import shape_keys

        if self.shape == "csv":
            return {"path": self.file}
        names = [*shape_keys(self.shape), "leading"]
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainInput:
    """Pulse rate in Hz and length of the train in s (None: the whole session)."""

    rate_hz: float
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputInput:
    """Amplitude (peak of one phase, mA), what is held constant, compliance in V, ramp in s and session in min."""

    amplitude_mA: float
    control: str
    compliance_V: float
    ramp_up_s: float
    session_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationInput:
    """How many virtual people, and the share of fibres (0-1) that must fire for an event to count."""

    people: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInput:
    """Thresholds measured on one person, in mA (None: not measured)."""

    perception_mA: float | None = None
    twitch_mA: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleInput:
    """The muscle: which, its voluntary maximum in N m, the lever in mm, whose fatigue, and how it is recruited."""

    name: str
    maximal_Nm: float
    lever_mm: float
    population: str
    recruitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbInput:
    """The limb of the muscle: sex, body mass index, and fat and girth in mm (None: those of the person)."""

    sex: str = "male"
    bmi_kg_per_m2: float = 25.0
    fat_mm: float | None = None
    girth_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractionsInput:
    """On- and off-time of the contractions in s, ramps within the on-time."""

    on_s: float
    off_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingInput:
    """Sessions in all, over how many weeks, and days of rest to set beside it (None: none)."""

    sessions: int
    weeks: float
    rest_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One stimulus from the pulse to the person; made and checked by `load_scenario`.

    Parameters
    ----------
    name, modality, summary : str
        Short name, kind of stimulation (``"tens"``) and one line in plain words.
    seed : int
        Seed of everything random.
    anatomy, pads, pulse, train, output, population, person, muscle, limb, contractions, training
        The tables of the file; those that may be left out are None where they are.
    places : mapping
        Where each key was given (file and line, or ``--set``), for messages; no part of the identity.

    Examples
    --------
    >>> load_scenario("tens-forearm").pulse.width_us
    200.0
    """

    name: str
    modality: str
    summary: str
    seed: int
    anatomy: AnatomyInput | None
    pads: PadsInput
    pulse: PulseInput
    train: TrainInput
    output: OutputInput
    population: PopulationInput
    person: PersonInput | None = None
    muscle: MuscleInput | None = None
    limb: LimbInput | None = None
    contractions: ContractionsInput | None = None
    training: TrainingInput | None = None
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def inputs(self) -> dict[str, Any]:
        """All inputs as nested plain values, for the result document and as the identity of the scenario.

        Examples
        --------
        >>> load_scenario("tens-forearm").inputs()["train"]["rate_hz"]
        80.0
        """
        return {key: value for key, value in asdict(self).items() if key != "places"}


def scenario_names() -> tuple[str, ...]:
    """Names of the built-in scenarios, sorted.

    Examples
    --------
    >>> "tens-forearm" in scenario_names()
    True
    """
    return tuple(sorted(_built_in()))


def scenario_summaries() -> list[dict[str, str]]:
    """Name, modality and one line of every built-in scenario.

    Examples
    --------
    >>> "tens" in {about["modality"] for about in scenario_summaries()}
    True
    """
    about = [tomllib.loads(_built_in()[name])["scenario"] for name in scenario_names()]
    return [{key: str(a.get(key, "")) for key in ("name", "modality", "summary")} for a in about]


def load_scenario(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario and check all of it.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a built-in scenario, or path of a ``.toml`` file.
    overrides : mapping, optional
        Dotted key to value, such as ``{"pads.width_mm": 30}``; text with a unit ("3 cm") is understood.

    Returns
    -------
    Scenario
        The checked scenario.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or the file cannot be read, or a key or value in it cannot be used. The message
        names file, line, key, what is allowed and what to do.

    Examples
    --------
    >>> load_scenario("tens-forearm", {"pads.width_mm": "3 cm"}).pads.width_mm
    30.0
    """
    text, label, folder = _text_of(name_or_path)
    return parse_scenario(text, label=label, folder=folder, overrides=overrides)


def parse_scenario(
    text: str, *, label: str = "scenario", folder: Path | None = None, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Make a scenario from TOML text.

    Parameters
    ----------
    text : str
        The TOML text.
    label : str
        What messages call it.
    folder : Path, optional
        Where a relative ``pulse.file`` is looked for; the working folder if not given.
    overrides : mapping, optional
        As in `load_scenario`.

    Raises
    ------
    ScenarioError
        As in `load_scenario`.

    Examples
    --------
    >>> parse_scenario("[scenario", label="mine.toml")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.ScenarioError: mine.toml, line 1: this is not valid TOML: Expected ']' at the end of a table ...
    """
    # pydantic takes a fifth of a second to import: only those who read a scenario pay for it.
    from rheobase.io._build import build

    return build(
        _parse(text, label), text=text, label=label, folder=folder or Path.cwd(), overrides=dict(overrides or {})
    )


@contextmanager
def named_place(scenario: Scenario) -> Iterator[None]:
    """Add file and line to a complaint about a value that came from the scenario.

    The physics knows a parameter by its name only. Where its message names a key of the scenario, the reader is told
    where that key was given.

    Raises
    ------
    ScenarioError
        In place of a `ParameterError` that names a key of the scenario.

    Examples
    --------
    >>> scenario = load_scenario("tens-forearm")
    >>> with named_place(scenario):
    ...     raise ParameterError("width_us is 20000 us: too long.")
    Traceback (most recent call last):
    rheobase.errors.ScenarioError: tens-forearm.toml, line 28 (pulse.width_us): width_us is 20000 us: too long.
    """
    try:
        yield
    except ParameterError as error:
        message = str(error)
        for key, place in scenario.places.items():
            name = key.rpartition(".")[2]
            # A bare word such as "over" may stand in any sentence; a name with its unit is meant as a name.
            if key in message or ("_" in name and re.search(rf"\b{re.escape(name)}\b", message)):
                raise ScenarioError(f"{place} ({key}): {message}") from error
        raise


def scenario_toml(scenario: Scenario) -> str:
    """Write a scenario as the TOML text that reads back as the same scenario.

    Examples
    --------
    >>> scenario = load_scenario("tens-forearm")
    >>> parse_scenario(scenario_toml(scenario)) == scenario
    True
    """
    about = {key: getattr(scenario, key) for key in ("name", "modality", "summary", "seed")}
    tables = {"scenario": about, **{k: v for k, v in scenario.inputs().items() if isinstance(v, dict)}}
    if "pads" in tables and tables["pads"]["shape"] == "round":
        pads = dict(tables["pads"])
        pads["diameter_mm"] = pads.pop("width_mm")
        del pads["length_mm"]
        tables["pads"] = pads
    blocks = []
    for table, values in tables.items():
        lines = [f"{key} = {_toml_value(value)}" for key, value in values.items() if value is not None]
        blocks.append("\n".join([f"[{table}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, str):
        plain = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        raise ParameterError(f"A scenario holds finite numbers only; it has {value}.")
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


@cache
def _built_in() -> dict[str, str]:
    folder = files("rheobase.tables") / "scenarios"
    return {p.name[:-5]: p.read_text(encoding="utf-8") for p in folder.iterdir() if p.name.endswith(".toml")}


def _text_of(name_or_path: str | Path) -> tuple[str, str, Path]:
    given = str(name_or_path)
    if given in _built_in() and not isinstance(name_or_path, Path):
        return _built_in()[given], f"{given}.toml", Path.cwd()
    path = Path(name_or_path)
    looks_like_file = isinstance(name_or_path, Path) or given.endswith(".toml") or "/" in given or "\\" in given
    if not looks_like_file:
        raise ScenarioError(
            f"There is no scenario '{given}'.{near_name(given, scenario_names())}"
            f" 'rheobase scenarios' lists them; a file of your own must end in .toml."
        )
    try:
        return path.read_text(encoding="utf-8"), given, path.parent
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        hint = near_name(path.name, beside) if beside else ""
        raise ScenarioError(f"There is no file '{given}'.{hint}") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{given}: this is not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise ScenarioError(f"{given} cannot be read: {error.strerror or error}.") from None


def _parse(text: str, label: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rpartition(" (at ")
        if number := re.search(r"line (\d+)", place):
            line = int(number[1])
        else:
            what, line = what or str(error), len(text.splitlines()) or 1
        raise ScenarioError(f"{label}, line {line}: this is not valid TOML: {what}.") from None
