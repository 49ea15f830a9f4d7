"""From the parsed file to a checked scenario: overrides, models, and the checks that need more than one key."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rheobase.errors import ScenarioError
from rheobase.io import scenario as plain
from rheobase.io._complaints import complaints
from rheobase.io._kinds import FileKind, file_kind
from rheobase.io._lines import key_lines, line_of
from rheobase.io._models import Pads, ScenarioFile
from rheobase.io._pulse_keys import keys_of_other_shapes, pulse_complaints

# What an override makes meaningless in the file (None: whatever its value).
_REPLACES: dict[tuple[str, Any], tuple[str, ...]] = {
    ("anatomy.radius_mm", None): ("anatomy.girth_mm",),
    ("anatomy.girth_mm", None): ("anatomy.radius_mm",),
    ("pads.shape", "round"): ("pads.width_mm", "pads.length_mm"),
    ("pads.shape", "rectangle"): ("pads.diameter_mm",),
}
_RADIUS_MM = 40.0
_PAD_MM = 50.0


def build(raw: dict[str, Any], *, text: str, label: str, folder: Path, overrides: dict[str, Any]) -> Any:
    """Check the raw tables and make the scenario of the kind that its modality asks for.

    Raises
    ------
    ScenarioError
        With every complaint about the file, one a line.
    """
    lines = key_lines(text)

    def place(path: tuple[Any, ...]) -> str:
        key = ".".join(map(str, path))
        if key in overrides:
            return f"--set {key}={overrides[key]}"
        line = line_of(path, lines)
        if line:
            return f"{label}, line {line}"
        inside = next((k for k in overrides if k.startswith(key + ".")), None)
        return f"--set {inside}={overrides[inside]}" if inside else label

    _apply(raw, overrides)
    try:
        kind = file_kind(raw)
    except ScenarioError as error:
        raise ScenarioError(f"{place(('scenario', 'modality'))}: {error}") from None
    try:
        model = kind.model.model_validate(raw)
    except ValidationError as error:
        found = complaints(error, kind.model)
    else:
        found = list(kind.across(model))
    if found:
        raise ScenarioError("\n".join(f"{place(path)}: {message}" for path, message in found))
    places = {f"{t}.{k}": place((t, k)) for t, body in raw.items() for k in body}
    beside = Path.cwd() if "pulse.file" in overrides else folder
    made = kind.plain(model, beside, places)
    if getattr(made.pulse, "file", None) and not Path(made.pulse.file).is_file():
        raise ScenarioError(
            f"{place(('pulse', 'file'))}: pulse.file: there is no file '{made.pulse.file}'."
            " Give its path relative to the scenario file."
        )
    return made


def _apply(raw: dict[str, Any], overrides: dict[str, Any]) -> None:
    for key, value in overrides.items():
        table, dot, name = key.partition(".")
        if not dot or not name:
            raise ScenarioError(f"--set {key}={value}: write the key with its table, such as pads.width_mm=30.")
        body = raw.setdefault(table, {})
        if not isinstance(body, dict):
            raise ScenarioError(f"--set {key}={value}: '{table}' is no table in this scenario.")
        body[name] = value
        for replaced in _replaced(key, value):
            if replaced not in overrides:
                body.pop(replaced.partition(".")[2], None)


def _replaced(key: str, value: Any) -> tuple[str, ...]:
    if key == "pulse.shape":
        return tuple(f"pulse.{name}" for name in keys_of_other_shapes(value))
    return _REPLACES.get((key, value), _REPLACES.get((key, None), ()))


def _across(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    """Check what one key alone cannot tell."""
    yield from _chain(m)
    yield from _anatomy(m)
    yield from _pads(m)
    yield from pulse_complaints(m.pulse, m.train.rate_hz)


def _chain(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    """What the scenario is about: what is felt in a limb, or what a muscle does."""
    if m.muscle is None:
        if m.anatomy is None:
            yield (
                ("anatomy", "site"),
                "The table [anatomy] is missing. Without it, or [muscle], there is nothing to run.",
            )
        for name in ("contractions", "training", "limb"):
            if getattr(m, name) is not None:
                yield (name, ""), f"[{name}] needs the table [muscle], which says what contracts."
    elif m.anatomy is not None:
        yield ("muscle", "name"), "[muscle] and [anatomy] stand side by side: not built yet. Leave one of them out."
    elif m.contractions is None:
        yield ("contractions", "on_s"), "The table [contractions] is missing: on_s and off_s of the muscle's work."
    if (m.pads.over == "quadriceps") != (m.anatomy is None):
        yield (
            ("pads", "over"),
            f"pads.over is '{m.pads.over}'. It names a nerve where there is an anatomy, and the muscle where there is"
            " none.",
        )


def _anatomy(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    a = m.anatomy
    if a is None:
        return
    if a.radius_mm is not None and a.girth_mm is not None:
        yield ("anatomy", "girth_mm"), "anatomy.girth_mm: the radius is given as well. Keep one of the two."
    elif a.fat_mm + a.skin_mm >= _radius(m):
        yield (
            ("anatomy", "fat_mm"),
            f"anatomy.fat_mm is {a.fat_mm:g} mm; with {a.skin_mm:g} mm of skin nothing is left of a limb"
            f" of {_radius(m):g} mm radius. It must be below {_radius(m) - a.skin_mm:g} mm.",
        )


def _pads(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    p = m.pads
    if p.shape == "round":
        if p.diameter_mm is None:
            yield ("pads", "diameter_mm"), "pads.diameter_mm is missing. A round pad needs its diameter."
        for name in ("width_mm", "length_mm"):
            if getattr(p, name) is not None:
                yield ("pads", name), f"pads.{name}: a round pad has a diameter_mm only. Leave {name} out."
    elif p.diameter_mm is not None:
        yield (
            ("pads", "diameter_mm"),
            'pads.diameter_mm: a rectangle has width_mm and length_mm. Leave it out, or set shape = "round".',
        )
    width_mm, length_mm = _size(p)
    if length_mm >= p.spacing_mm:
        yield (
            ("pads", "spacing_mm"),
            f"pads.spacing_mm is {p.spacing_mm:g} mm but the pads are {length_mm:g} mm long, so they overlap or touch."
            f" It must be above {length_mm:g} mm (centre to centre).",
        )
    girth_mm = 2 * math.pi * _radius(m)
    if m.anatomy is not None and width_mm >= girth_mm:
        key = "diameter_mm" if p.shape == "round" else "width_mm"
        yield (
            ("pads", key),
            f"pads.{key} is {width_mm:g} mm; the limb has a girth of {girth_mm:.0f} mm. It must be below that.",
        )


def _radius(m: ScenarioFile) -> float:
    a = m.anatomy
    if a is None:
        return _RADIUS_MM
    if a.radius_mm is not None:
        return a.radius_mm
    return a.girth_mm / (2 * math.pi) if a.girth_mm is not None else _RADIUS_MM


def _size(p: Pads) -> tuple[float, float]:
    if p.shape == "round":
        return p.diameter_mm or 0.0, p.diameter_mm or 0.0
    return (
        p.width_mm if p.width_mm is not None else _PAD_MM,
        p.length_mm if p.length_mm is not None else _PAD_MM,
    )


def _plain(m: ScenarioFile, folder: Path, places: dict[str, str]) -> plain.Scenario:
    width_mm, length_mm = _size(m.pads)
    pads: dict[str, Any] = m.pads.model_dump(exclude={"diameter_mm"}) | {"width_mm": width_mm, "length_mm": length_mm}
    anatomy: dict[str, Any] | None = None
    if m.anatomy is not None:
        anatomy = m.anatomy.model_dump(exclude={"girth_mm"})
        anatomy["radius_mm"] = _radius(m)
    pulse = m.pulse.model_dump()
    if pulse["file"] is not None:
        pulse["file"] = str((folder / pulse["file"]).resolve())
    person = m.person.model_dump() if m.person else {}
    return plain.Scenario(
        **m.scenario.model_dump(),
        anatomy=plain.AnatomyInput(**anatomy) if anatomy else None,
        pads=plain.PadsInput(**pads),
        pulse=plain.PulseInput(**pulse),
        train=plain.TrainInput(**m.train.model_dump()),
        output=plain.OutputInput(**m.output.model_dump()),
        population=plain.PopulationInput(**m.population.model_dump()),
        person=plain.PersonInput(**person) if any(v is not None for v in person.values()) else None,
        muscle=plain.MuscleInput(**m.muscle.model_dump()) if m.muscle else None,
        limb=plain.LimbInput(**m.limb.model_dump()) if m.limb else None,
        contractions=plain.ContractionsInput(**m.contractions.model_dump()) if m.contractions else None,
        training=plain.TrainingInput(**m.training.model_dump()) if m.training else None,
        places=places,
    )


LIMB_OR_MUSCLE = FileKind(model=ScenarioFile, across=_across, plain=_plain)
