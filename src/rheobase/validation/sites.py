"""Thresholds at sites beside the forearm against people, and what fat, girth, pads and sex do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from rheobase.anatomy import (
    BodyPart,
    Forearm,
    Knee,
    LayeredLimb,
    LowBack,
    LowerLeg,
    MappedPart,
    Person,
    Thigh,
    UpperArm,
    sample_people,
)
from rheobase.effect import (
    Sensation,
    assess_sensation,
    body_thresholds_mA,
    criterion,
    event_mA,
    fat_of_mm,
    lowest_mA,
    make_library,
    middle_body,
    share_of_as_many,
    with_fat,
    with_people_fat,
)
from rheobase.effect.virtual import Key
from rheobase.electrode import breaking_interface
from rheobase.field import Field, pulse_voltage_V
from rheobase.io.field_cache import cached_field
from rheobase.montage import Montage, pad_pair, pads_at, usual_montage
from rheobase.nerve import motor_depth_mm, pads_over_muscle, stimulus_of
from rheobase.pulse import biphasic, twin_peak
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, at_most, inside, near, saying
from rheobase.validation.thickness import trend

_PEOPLE, _SEED, _SMOOTH = 100, 1, 20
_WIDTH_US = 200.0
_TABLE = "published_sites"
_USUAL_AREA_MM2 = 2500.0  # of the pads on the forearm
_SPIKE_STEP_MS = 0.001
_CELL_MM, _CELLS_PER_PAD = 3.0, 10  # moves most thresholds by one step of their search, 2 %
_SITES = (
    "Ours go with fat and bone beneath: thin fibres fire where they bend at the bottom of the fat. Nerves of the"
    " periosteum, which a pad over bone reaches and which would narrow the window there, are left out; so are the ache"
    " of a muscle that cramps and how skin differs in innervation from site to site. Fat alone does not explain it:"
    " from the leanest to the fattest site that people have the window of each place grows by 5 to 9 mA."
)
_CRITERION = (
    "No figure was fitted. Pain is the current at which half of the thin fibres under a pad fire, a choice; a pad on a"
    " person is turned up over minutes, and fading, which raises what is borne, is left out."
)


def _solve(part: BodyPart, pads: Montage) -> Field:
    if isinstance(part, LayeredLimb):
        return cached_field(part, pads)
    smallest = min(min(p.around_mm, p.extent_mm) for p in pads.pads)
    return cached_field(part, pads, "grid", cell_mm=min(_CELL_MM, smallest / _CELLS_PER_PAD))


def _montage(site: str, size_mm: tuple[float, float] = (50.0, 50.0)) -> tuple[BodyPart, Montage]:
    """A site with the pads that stand for it."""
    if site == "forearm":
        return Forearm(), pad_pair(Forearm(), size_mm=size_mm)
    part, names = {
        "knee": (Knee(), ("medial", "lateral")),
        "low_back": (LowBack(), ("l2_left", "l4_left")),
        "lower_leg": (LowerLeg(), ("tibia_upper", "tibia_lower")),  # the study's: "tibia (bone)"
    }[site]
    return part, pads_at(part, names, size_mm=size_mm)


@cache
def _people(site: str, size_mm: tuple[float, float] = (50.0, 50.0)) -> Sensation:
    part, pads = _montage(site, size_mm)
    pulse = biphasic(width_us=_WIDTH_US)
    return assess_sensation(part, pads, pulse, people=_PEOPLE, seed=_SEED, solve=_solve)


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """Thresholds of the middle body, with conductivities at the low end of their ranges."""

    at_mA: dict[str, float]
    field: Field
    fibres: Mapping[Key, np.ndarray]


def _middle(part: BodyPart, pads: Montage, width_us: float = _WIDTH_US) -> Middle:
    pulse = stimulus_of(biphasic(width_us=width_us))
    library = make_library(part, pads, pulse, spread=False, solve=_solve)
    fibres = body_thresholds_mA(library, middle_body(part), np.random.default_rng(_SEED), times=_SMOOTH)
    known = {kind for kind, _ in fibres}
    events = [criterion(e) for e in ("tingling", "twitch", "pain")]
    at = {c.event: event_mA(fibres, c)[0] for c in events if c.kind in known}
    return Middle(at_mA=at, field=library.field, fibres=fibres)


def _quadriceps(part: Thigh, size_mm: tuple[float, float]) -> Montage:
    return pads_at(part, ("vastus_medialis", "quadriceps_proximal"), size_mm=size_mm)


def _run(tell: Progress) -> list[RowDict]:
    parts: tuple[Callable[[], list[RowDict]], ...] = (
        _windows, _knee, _tolerance, _pen, _muscles, _fat, _fat_and_girth, _pads, _conductance, _sex, _girth,
        _resistance,
    )  # fmt: skip
    rows: list[RowDict] = []
    for done, part in enumerate(parts):
        rows += part()
        tell((done + 1) / len(parts))
    return rows


def _windows() -> list[RowDict]:
    p = row(f"{_TABLE}.tens_windows")
    width = {s: float(np.median(_window(s))) for s in dict.fromkeys((*p["wider"], *p["narrower"]))}
    rows = []
    intervals = zip(p["low_mA"], p["high_mA"], strict=True)
    for wide, narrow, interval in zip(p["wider"], p["narrower"], intervals, strict=True):
        name = f"TENS window, {wide.replace('_', ' ')} less {narrow.replace('_', ' ')}"
        note = f"Ours {width[wide]:.1f} and {width[narrow]:.1f} mA, median of {_PEOPLE} people, pads of 5 x 5 cm."
        ours = [width[wide] - width[narrow]]
        rows.append(inside(name, p, *interval, ours, unit="mA", note=f"{note} {p.note} {_SITES}"))
    return rows


def _window(site: str) -> np.ndarray:
    felt = _people(site)
    return felt.people_mA("pain") - felt.people_mA("tingling")


def _knee() -> list[RowDict]:
    p = row(f"{_TABLE}.knee_tens")
    felt = _people("knee", tuple(p["pad_mm"]))
    tingling, pain = felt.people_mA("tingling"), felt.people_mA("pain")
    span = f"{p['low_mA']:g}–{p['high_mA']:g} mA"
    feels = float(np.mean(tingling < p["low_mA"]))
    hurts = float(np.mean(pain > p["high_mA"]))
    return [
        saying(
            f"knee, {span} is felt", p, "by most", "by most" if feels > 0.5 else "by few",
            note=f"{feels:.0%} of people tingle below it.",
        ),
        saying(
            f"knee, {span} is comfortable", p, "for most", "for most" if hurts > 0.5 else "for few",
            note=f"Pain from {np.median(pain):.0f} mA (median); {hurts:.0%} of people bear the top. {_CRITERION}",
        ),
    ]  # fmt: skip


def _tolerance() -> list[RowDict]:
    p = row(f"{_TABLE}.quadriceps_tolerance")
    thigh = Thigh()
    pads = _quadriceps(thigh, tuple(p["pad_mm"]))
    felt = assess_sensation(thigh, pads, biphasic(width_us=p["width_us"]), people=_PEOPLE, seed=_SEED, solve=_solve)
    pain = felt.band("pain")
    borne = row(f"{_TABLE}.tolerance_over_pain")
    ratio = float(np.mean(borne["men_tolerance"]) / np.mean(borne["men_pain"]))
    share, area = felt.criteria["pain"].share, p["pad_mm"][0] * p["pad_mm"][1] / _USUAL_AREA_MM2
    as_many = [share_of_as_many(share, "thigh", area_factor=a) for a in (1.0, area)]
    per_area, in_all = (np.median([lowest_mA(one, "A-delta", s)[0] for one in felt.people]) for s in as_many)
    note = (
        f"Pain from {pain.p5_mA:.0f} to {pain.p95_mA:.0f} mA (5 to 95 % of people). Theirs is the most that trained"
        f" people bear, ours where pain begins. In other men the most that was borne was {ratio:.1f} times the onset"
        f" (Yu 2024), which would make it {ratio * pain.median_mA:.0f} mA. As many fibres as on the forearm, in place"
        f" of the same share, would take {per_area:.0f} mA counted per area and {in_all:.0f} mA in all: skin of the"
        f" thigh is innervated more densely, so density does not explain it. {_CRITERION}"
    )
    low, high = p["low_mA"], p["high_mA"]
    return [inside("quadriceps, largest tolerated current", p, low, high, [pain.median_mA], unit="mA", note=note)]


def _pen() -> list[RowDict]:
    p = row(f"{_TABLE}.pen_electrode")
    thigh = Thigh()
    rows = []
    for point in ("vastus_medialis", "rectus_femoris", "vastus_lateralis"):
        pads = pads_at(thigh, (point, "lateral_thigh"), size_mm=(p["return_mm"],) * 2)
        pen = replace(pads.pads[0], shape="round", width_mm=None, length_mm=None, diameter_mm=p["pen_mm"])
        found = _middle(thigh, replace(pads, pads=(pen, pads.pads[1])), p["width_us"])
        name = f"twitch at the motor point of {point.replace('_', ' ')}, pen electrode"
        rows.append(at_most(name, p, p["most_mA"], found.at_mA["twitch"], unit="mA", note=p.note))
    return rows


def _muscles() -> list[RowDict]:
    p = row(f"{_TABLE}.off_the_motor_point")
    leg = LowerLeg()
    montages = (
        (Thigh(), _quadriceps(Thigh(), (50.0, 50.0))),
        (UpperArm(), usual_montage(UpperArm())),
        (leg, pads_at(leg, ("tibialis_anterior_belly", "shin_distal"))),
    )
    ours = [_middle(*m).at_mA["twitch"] for m in montages]
    said = " > ".join(p["site"])
    told = " > ".join(p["site"][i] for i in np.argsort(ours)[::-1])
    deep = [min(motor_depth_mm(part, pad) for pad in pads_over_muscle(part, pads)) for part, pads in montages]
    note = (
        f"Ours are twitches over the motor points, {', '.join(f'{v:.1f}' for v in ours)} mA in the same order; theirs"
        " are currents for a set force beside them. Ours end about"
        f" {', '.join(f'{v:g}' for v in deep)} mm below the fascia: for these muscles no measured depth was found, and"
        " they differ in fat and skin only."
    )
    return [saying("muscles by the current they need", p, said, told, kind="order", note=note)]


def _fat() -> list[RowDict]:
    p = row(f"{_TABLE}.fat_and_current")
    by_fat = {f: _of_thigh(fat_mm=f) for f in (*p["fat_mm"], p["thinner_fat_mm"], p["thicker_fat_mm"])}
    twitch = np.array([by_fat[f].at_mA["twitch"] for f in p["fat_mm"]])
    change = 100.0 * (by_fat[p["thinner_fat_mm"]].at_mA["twitch"] / by_fat[p["thicker_fat_mm"]].at_mA["twitch"] - 1.0)
    listed = ", ".join(f"{v:.1f}" for v in twitch)
    note = f"Twitch of the quadriceps at {listed} mA with {', '.join(f'{f:g}' for f in p['fat_mm'])} mm of fat."
    return [
        saying("quadriceps, motor threshold with more fat", p, p["fat_trend"], trend(twitch), note=note),
        aside(
            "quadriceps, current of the thinner half", p, p["thinner_percent"], change, unit="%",
            note="Fat behind the skinfolds is reckoned, and theirs is the largest tolerated current.",
        ),
    ]  # fmt: skip


def _of_thigh(fat_mm: float) -> Middle:
    thigh = Thigh(fat_mm=fat_mm)
    return _middle(thigh, _quadriceps(thigh, (50.0, 50.0)))


def _fat_and_girth() -> list[RowDict]:
    """Whether the girth of virtual people goes with their fat as that of drawn people does."""
    p = row(f"{_TABLE}.fat_and_girth")
    parts: dict[str, BodyPart] = {"forearm": Forearm(), "thigh": Thigh(), "calf": LowerLeg()}
    people = sample_people(p["people"], seed=_SEED, sex="male", population="army")
    rows = []
    for girth, site in zip(p["girth"], p["fat_site"], strict=True):
        ln_fat = np.log([person.fat_mm(site) for person in people])
        sizes = np.array([person.size_mm(girth) for person in people])
        theirs = float(np.polyfit(ln_fat, sizes, 1)[0] * np.log(2.0))
        part = parts[girth]
        fat_mm = 2.0 * fat_of_mm(part)
        ours, kept = (_girth_mm(fatter(part, fat_mm)) - _girth_mm(part) for fatter in (with_people_fat, with_fat))
        note = f"With the same flesh beneath, twice the fat would add {kept:.0f} mm. {p.note}"
        rows.append(near(f"{girth} with twice the fat, more by", p, theirs, ours, unit="mm", note=note))
    return rows


def _girth_mm(part: BodyPart) -> float:
    if isinstance(part, MappedPart):
        return part.girth_mm(part.along_mm_of(part.data["frame"]["girth_share"]))
    return part.girth_mm()


def _pads() -> list[RowDict]:
    p = row(f"{_TABLE}.pad_size")
    thigh = Thigh()
    found = [_middle(thigh, _quadriceps(thigh, (s, s))) for s in p["pad_mm"]]
    twitch = np.array([m.at_mA["twitch"] for m in found])
    pain = np.array([m.at_mA["pain"] for m in found])
    area = np.array(p["pad_mm"]) ** 2
    shares = [share_of_as_many(criterion("pain").share, "forearm", area_factor=a / area[0]) for a in area]
    counted = np.array([lowest_mA(m.fibres, "A-delta", s)[0] for m, s in zip(found, shares, strict=True)])
    sizes = ", ".join(f"{s:g}" for s in p["pad_mm"])
    return [
        _high_voltage(thigh),
        saying("quadriceps, charge density for a twitch, larger pads", p, p["density_trend"], trend(twitch / area)),
        saying(
            "quadriceps, pain over twitch, larger pads", p, p["window_trend"], trend(pain / twitch),
            note=f"Ours {', '.join(f'{v:.2f}' for v in pain / twitch)} with pads of {sizes} mm. If as many fibres in"
            f" all had to fire under each as under the smallest, {', '.join(f'{v:.2f}' for v in counted / twitch)}.",
        ),
    ]  # fmt: skip


def _high_voltage(thigh: Thigh) -> RowDict:
    """Voltage of a twitch with larger pads: what it does depends on the circuit of the stimulator."""
    p = row(f"{_TABLE}.pad_size")
    spikes = stimulus_of(twin_peak(p["time_constant_us"], width_us=p["spike_us"]), dt_ms=_SPIKE_STEP_MS)
    twitch_mA, peak_V = [], []
    for size in p["pad_mm"]:
        library = make_library(thigh, _quadriceps(thigh, (size, size)), spikes, spread=False, solve=_solve)
        fibres = body_thresholds_mA(library, middle_body(thigh), np.random.default_rng(_SEED), times=_SMOOTH)
        twitch_mA.append(event_mA(fibres, criterion("twitch"))[0])
        at_once_us = _SPIKE_STEP_MS * 1000.0  # at its peak a spike has not charged the skin
        peak_V.append(pulse_voltage_V(library.field, twitch_mA[-1], at_once_us, interface=breaking_interface()))
    currents, volts = (", ".join(f"{v:.0f}" for v in values) for values in (twitch_mA, peak_V))
    falls, rises = trend(np.array(peak_V)), trend(np.array(twitch_mA))
    return aside(
        "quadriceps, voltage for a twitch, larger pads", p, p["voltage_trend"], f"{falls} or {rises}",
        note=f"Twin spikes of {currents} mA and {volts} V at their peaks: {falls} if the stimulator gives its voltage"
        f" whatever flows. If it discharges a capacitor, its voltage goes with the charge and {rises}. {p.note}",
    )  # fmt: skip


def _conductance() -> list[RowDict]:
    p = row(f"{_TABLE}.pad_conductance")
    thigh = Thigh()
    sides = [10.0 * float(np.sqrt(a)) for a in p["area_cm2"]]
    fields = [_solve(thigh, _quadriceps(thigh, (s, s))) for s in sides]
    ours = np.array([1e6 / f.required_voltage_V(1e3) for f in fields])
    # of R = fixed + k / area, from their two sizes
    small, large = (1e6 / uS for uS in p["conductance_uS"])
    fixed_ohm = (large * p["area_cm2"][1] - small * p["area_cm2"][0]) / (p["area_cm2"][1] - p["area_cm2"][0])
    sizes = " and ".join(f"{a:g}" for a in p["area_cm2"])
    note = (
        f"Ours {ours[0]:.0f} and {ours[1]:.0f} uS with pads of {sizes} cm2, one resistance of skin for each area."
        f" Theirs would be {fixed_ohm:.0f} ohm that do not go with the area and a part that does; in ours only the"
        f" tissue does not. {p.note}"
    )
    ratio = p["conductance_uS"][1] / p["conductance_uS"][0]
    return [
        saying("quadriceps, conductance from pad to pad, larger pads", p, p["trend"], trend(ours), note=note),
        aside("quadriceps, conductance, large over small pads", p, ratio, float(ours[1] / ours[0]), note=note),
    ]


def _sex() -> list[RowDict]:
    p = row(f"{_TABLE}.women")
    at = [_of_thigh_of(sex).at_mA["tingling"] for sex in ("female", "male")]
    change = 100.0 * (at[0] / at[1] - 1.0)
    told = "lower" if change < 0 else "not lower"
    note = "Ours is the effect of fat and skin alone; the authors think of nerve and brain."
    return [
        saying("quadriceps, sensory threshold of women", p, "lower", told, note=note),
        aside("quadriceps, sensory threshold of women, by", p, p["sensory_percent"], change, unit="%", note=note),
    ]


def _of_thigh_of(sex: str) -> Middle:
    thigh = Thigh(person=Person(sex=sex))
    return _middle(thigh, _quadriceps(thigh, (50.0, 50.0)))


def _girth() -> list[RowDict]:
    p = row(f"{_TABLE}.body_size")
    girths = np.array([33.0, 40.0, 50.0])
    at = [_middle(Forearm(radius_mm=r), pad_pair(Forearm(radius_mm=r))).at_mA for r in girths]
    rows = []
    for event in ("tingling", "twitch"):
        values = np.array([a[event] for a in at])
        listed = ", ".join(f"{v:.2f}" for v in values)
        note = f"{listed} mA with radii of {', '.join(f'{r:g}' for r in girths)} mm at the same fat. {p.note}"
        rows.append(saying(f"forearm, {event} with a larger girth", p, p["size_trend"], trend(values), note=note))
    return rows


def _resistance() -> list[RowDict]:
    p = row(f"{_TABLE}.pad_resistance")
    sites = ("forearm", "knee", "low_back", "lower_leg")
    ours = [_people(s).library.field.resistance_ohm for s in sites]
    note = f"In order {', '.join(s.replace('_', ' ') for s in sites)}, pads of 5 x 5 cm, at full amplitude."
    return [inside("resistance from pad to pad", p, p["low_ohm"], p["high_ohm"], ours, unit="ohm", note=note)]


COMPARISON = Comparison(
    name="sites", about="thresholds and trends at knee, back, thigh, leg and arm against people", run=_run
)
