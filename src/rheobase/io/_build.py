"""From the parsed file to a checked scenario: overrides, models, and the checks that need more than one key."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rheobase.errors import ScenarioError, near_name
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
    ("pads.sites", None): ("pads.over", "pads.spacing_mm", "pads.cathode"),
    ("pads.over", None): ("pads.sites",),
    ("pads.shape", "round"): ("pads.width_mm", "pads.length_mm"),
    ("pads.shape", "rectangle"): ("pads.diameter_mm",),
}
_RADIUS_MM = 40.0
_FAT_MM = 5.0
_SKIN_MM = 1.5
_PAD_MM = 50.0
_SPACING_MM = 90.0
_OF_A_FOREARM = ("radius_mm", "girth_mm")
_OF_A_PERSON = ("main_girth_mm", "sex", "bmi_kg_per_m2", "stature_cm", "age_years")
_NOT_DESCRIBED = ("scenario", "output", "population", "person")  # tables of which the summary does not speak
_LONGEST_SUMMARY = 300
_NERVES_OF_FOREARM = ("median", "ulnar", "radial")


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
    _tell_changed(raw, overrides)
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


def _tell_changed(raw: dict[str, Any], overrides: dict[str, Any]) -> None:
    """Add to the line that describes the scenario what is not as it says any more."""
    about = raw.get("scenario")
    changed = [f"{key} = {value}" for key, value in overrides.items() if key.partition(".")[0] not in _NOT_DESCRIBED]
    if changed and "scenario.summary" not in overrides and isinstance(about, dict) and about.get("summary"):
        before = str(about["summary"])
        tellings = f"{before}; changed: {', '.join(changed)}", f"{before}; {len(changed)} changed", before
        about["summary"] = next((t for t in tellings if len(t) <= _LONGEST_SUMMARY), before)


def _replaced(key: str, value: Any) -> tuple[str, ...]:
    if key == "pulse.shape":
        return tuple(f"pulse.{name}" for name in keys_of_other_shapes(value))
    return _REPLACES.get((key, value), _REPLACES.get((key, None), ()))


def _across(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    """Check what one key alone cannot tell."""
    yield from _chain(m)
    yield from _anatomy(m)
    yield from _places(m)
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
    if (unknown := _unknown_site(a.site)) is not None:
        yield ("anatomy", "site"), unknown
        return
    foreign = _OF_A_PERSON if _on_forearm(m) else _OF_A_FOREARM
    for name in foreign:
        if getattr(a, name) is not None:
            other = "radius_mm or girth_mm" if _on_forearm(m) else "main_girth_mm, sex, bmi_kg_per_m2 and stature_cm"
            yield (
                ("anatomy", name),
                f"anatomy.{name}: a {_in_words(a.site)} has no {name} here. Its size comes from {other}.",
            )
    if not _on_forearm(m):
        return
    if a.radius_mm is not None and a.girth_mm is not None:
        yield ("anatomy", "girth_mm"), "anatomy.girth_mm: the radius is given as well. Keep one of the two."
        return
    fat_mm, skin_mm = _or(a.fat_mm, _FAT_MM), _or(a.skin_mm, _SKIN_MM)
    if fat_mm + skin_mm >= _radius(m):
        yield (
            ("anatomy", "fat_mm"),
            f"anatomy.fat_mm is {fat_mm:g} mm; with {skin_mm:g} mm of skin nothing is left of a limb"
            f" of {_radius(m):g} mm radius. It must be below {_radius(m) - skin_mm:g} mm.",
        )


def _unknown_site(site: str) -> str | None:
    """Why no scenario can be laid on a part of the body, if none can."""
    from rheobase.registry import get, members

    known = [n for n in members("anatomies") if hasattr(get("anatomies", n), "fat_mm")]
    if site in known:
        return None
    if site in members("anatomies"):
        return (
            f"anatomy.site is '{site}'; people cannot be drawn about it, for it has no fat to vary. Use one of:"
            f" {', '.join(known)}."
        )
    return f"anatomy.site is '{site}'; there is no such part of the body.{near_name(site, known)}"


def _on_forearm(m: ScenarioFile) -> bool:
    return m.anatomy is not None and m.anatomy.site == "forearm"


def _in_words(site: str) -> str:
    return site.replace("_", " ")


def _or(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _places(m: ScenarioFile) -> Iterator[tuple[tuple[str, str], str]]:
    """Where the pads go: over a nerve, at sites, or the usual ones of a part that has them."""
    p = m.pads
    if p.sites is not None:
        for name in ("over", "spacing_mm"):
            if getattr(p, name) is not None:
                yield ("pads", name), f"pads.{name}: the pads stand at named sites. Leave it out, or pads.sites."
        for i, name in enumerate(p.sites):
            if name in p.sites[:i]:
                yield ("pads", "sites"), f"pads.sites names '{name}' twice. Each pad has a site of its own."
        if p.cathode is not None and p.cathode not in p.sites:
            yield ("pads", "cathode"), f"pads.cathode is '{p.cathode}'.{near_name(p.cathode, p.sites)}"
        return
    if p.over == "quadriceps":
        return
    if p.over is None:
        if _on_forearm(m):
            yield (
                ("pads", "over"),
                "the key 'pads.over' is missing. (Nerve under the pads: median, ulnar or radial.)",
            )
        elif p.spacing_mm is not None:
            yield (
                ("pads", "spacing_mm"),
                "pads.spacing_mm: without pads.over these are the usual pads, which have their places. Leave it out.",
            )
        return
    if _on_forearm(m) and p.over not in _NERVES_OF_FOREARM:
        allowed = " or ".join(repr(n) for n in _NERVES_OF_FOREARM)
        hint = near_name(p.over, _NERVES_OF_FOREARM)
        yield (
            ("pads", "over"),
            f"pads.over is '{p.over}'; it must be {allowed}.{hint if 'Did you mean' in hint else ''}",
        )
    if p.cathode not in (None, "proximal", "distal"):
        hint = near_name(str(p.cathode), ("proximal", "distal"))
        hint = hint if "Did you mean" in hint else ""
        yield ("pads", "cathode"), f"pads.cathode is '{p.cathode}'; it must be 'proximal' or 'distal'.{hint}"


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
    spacing_mm = _or(p.spacing_mm, _SPACING_MM)
    if p.over is not None and length_mm is not None and length_mm >= spacing_mm:
        yield (
            ("pads", "spacing_mm"),
            f"pads.spacing_mm is {spacing_mm:g} mm but the pads are {length_mm:g} mm long, so they overlap or touch."
            f" It must be above {length_mm:g} mm (centre to centre).",
        )
    girth_mm = 2 * math.pi * _radius(m)
    if _on_forearm(m) and width_mm is not None and width_mm >= girth_mm:
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


def _size(p: Pads) -> tuple[float | None, float | None]:
    """Width and length; None where those of the usual pads hold."""
    if p.shape == "round":
        return p.diameter_mm or 0.0, p.diameter_mm or 0.0
    usual = _PAD_MM if p.over is not None or p.sites is not None else None
    return (
        p.width_mm if p.width_mm is not None else usual,
        p.length_mm if p.length_mm is not None else usual,
    )


def _plain_anatomy(m: ScenarioFile) -> plain.AnatomyInput | None:
    if m.anatomy is None:
        return None
    given = m.anatomy.model_dump(exclude={"girth_mm"})
    if _on_forearm(m):
        given |= {
            "radius_mm": _radius(m),
            "fat_mm": _or(m.anatomy.fat_mm, _FAT_MM),
            "skin_mm": _or(m.anatomy.skin_mm, _SKIN_MM),
        }
    return plain.AnatomyInput(**given)


def _plain_pads(p: Pads) -> plain.PadsInput:
    width_mm, length_mm = _size(p)
    given: dict[str, Any] = p.model_dump(exclude={"diameter_mm"}) | {"width_mm": width_mm, "length_mm": length_mm}
    given["sites"] = tuple(p.sites) if p.sites is not None else None
    if p.over is not None:
        given["spacing_mm"] = _or(p.spacing_mm, _SPACING_MM)
        given["cathode"] = p.cathode or "proximal"
    return plain.PadsInput(**given)


def _plain(m: ScenarioFile, folder: Path, places: dict[str, str]) -> plain.Scenario:
    pulse = m.pulse.model_dump()
    if pulse["file"] is not None:
        pulse["file"] = str((folder / pulse["file"]).resolve())
    person = m.person.model_dump() if m.person else {}
    return plain.Scenario(
        **m.scenario.model_dump(),
        anatomy=_plain_anatomy(m),
        pads=_plain_pads(m.pads),
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
