"""Virtual people: medians, spread and order of their thresholds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.effect import body_thresholds_mA, draw_bodies, make_library
from rheobase.montage import pad_pair
from rheobase.tables import row
from rheobase.validation._bench import biphasic
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, aside, inside, near, saying

PAD = "proximal"
_SEED = 1
_OTHER_PEOPLE = (
    "Other people: fat spreads about one median instead of three steps, motor depth counts from the fascia, no axial"
    " endings. Drawn by the published recipe, the same thresholds are compared in 'recipe'."
)
_OTHER_THIN = (
    "Theirs end with their myelin; ours go on as a bare axon through the dermis, which takes current away from the last"
    " node. Fibres that end as theirs do are compared in 'recipe' and 'surface_tables'."
)
_KINDS = {"A-beta": "touch", "A-alpha": "motor", "A-delta": "thin"}


class People:
    """Thresholds of all fibres under the proximal pad, by person."""

    def __init__(self, tell: Progress):
        limb = Forearm()
        window_ms = row("populations.grid")["tail_ms"]
        library = make_library(limb, pad_pair(limb), biphasic(tail_ms=window_ms), progress=tell)
        rng = np.random.default_rng(_SEED)
        count = row("published.population")["people"]
        self._all = [body_thresholds_mA(library, b, rng) for b in draw_bodies(limb, people=count, seed=_SEED)]

    def at_mA(self, kind: str, share: float) -> np.ndarray:
        """Current at which a share of a person's fibres of one kind fires; 0 is the first fibre."""
        sorted_mA = [one[kind, PAD] for one in self._all]
        return np.array([v[max(round(share * len(v)), 1) - 1] for v in sorted_mA])


def _run(tell: Progress) -> list[RowDict]:
    people = People(tell)
    touch, twitch, thin = (people.at_mA(kind, 0.10) for kind in _KINDS)
    return [
        *_medians({"a_beta": touch, "a_alpha": twitch, "a_delta": thin}),
        *_spread(touch, twitch, people.at_mA("A-delta", 0.25)),
        *_order(people, touch, twitch, thin),
        *_levels(people, touch, twitch),
    ]


def _medians(at: dict[str, np.ndarray]) -> list[RowDict]:
    p = row("published.population")
    medians = {key: float(np.median(values)) for key, values in at.items()}
    return [
        near("people, median, touch fibres 10 %", p, p["a_beta_mA"], medians["a_beta"], unit="mA"),
        near("people, median, motor fibres 10 %", p, p["a_alpha_mA"], medians["a_alpha"], unit="mA"),
        aside("people, median, thin fibres 10 %", p, p["a_delta_mA"], medians["a_delta"], unit="mA", note=_OTHER_THIN),
    ]


def _spread(touch: np.ndarray, twitch: np.ndarray, thin: np.ndarray) -> list[RowDict]:
    p, people = row("published.population"), row("published.spread_of_people")
    drawn = {"a_beta": touch, "a_alpha": twitch, "a_delta": thin}
    seen = {key: float(np.std(np.log(values))) for key, values in drawn.items()}
    told = {"tolerance": p["sd_tolerance"], "note": _OTHER_PEOPLE}
    rows = [
        near(f"people, SD of ln, {name} fibres", p, p[f"sd_{key}_ratio"], seen[key], unit="", **told)
        for key, name in (("a_beta", "touch"), ("a_alpha", "motor"))
    ]
    rows.append(aside("people, SD of ln, thin fibres", p, p["sd_a_delta_ratio"], seen["a_delta"], note=_OTHER_THIN))
    sd = people["sd_share"]
    note = "Same order: from half to twice."
    rows.append(
        inside("people, SD of measured thresholds", people, sd / 2, sd * 2, list(seen.values()), unit="", note=note)
    )
    return rows


def _order(people: People, touch: np.ndarray, twitch: np.ndarray, thin: np.ndarray) -> list[RowDict]:
    p, first = row("published.population"), row("published.first_thin_fibre")
    earliest = float(np.median(people.at_mA("A-delta", 0.0)))
    pain = row("sensation.pain")
    told = "not pain" if pain["share"] > first["share"] else "pain"
    return [
        apart(
            "people, tingling before twitch",
            p,
            p["sensory_first_share"],
            float(np.mean(touch < twitch)),
            p["sensory_first_band_share"],
            unit="",
        ),
        near(
            "people, twitch over tingling", p, p["motor_over_sensory_ratio"], float(np.median(twitch / touch)), unit=""
        ),
        aside(
            "people, tingling before 10 % of thin fibres",
            p,
            p["sensory_before_thin_share"],
            float(np.mean(touch < thin)),
            note="No band is published.",
        ),
        aside("people, first thin fibre", first, first["threshold_mA"], earliest, unit="mA", note=_OTHER_THIN),
        saying("first thin fibre counts as", first, "not pain", told, kind="rule"),
    ]


def _levels(people: People, touch: np.ndarray, twitch: np.ndarray) -> list[RowDict]:
    p, order = row("published.forearm_levels"), row("published.order_of_thresholds")
    pain = people.at_mA(row("sensation.pain")["kind"], row("sensation.pain")["share"])
    medians = {"sensory": np.median(touch), "motor": np.median(twitch), "pain": np.median(pain)}
    rows = [
        saying("order of the medians", order, order["order"], ordered(medians), kind="order"),
        aside(
            "people in whom tingling < twitch < pain",
            order,
            "order",
            float(np.mean((touch < twitch) & (twitch < pain))),
            note="A share; the study gives the order of means.",
        ),
    ]
    for key, values in (("tingling", touch), ("twitch", twitch), ("pain", pain)):
        said = f"{p[f'{key}_low_mA']:g}–{p[f'{key}_high_mA']:g}"
        rows.append(
            aside(
                f"forearm, {key}, median of people",
                p,
                said,
                float(np.median(values)),
                unit="mA",
                note="Recalled range, uncalibrated model: shown, not judged.",
            )
        )
    target = row("published.calibrated")
    rows.append(
        aside(
            "thresholds of one person after calibration",
            target,
            f"factor {target['factor']:g}",
            None,
            note="Needs measured thresholds of a person; none is at hand.",
        )
    )
    return rows


def ordered(named: dict[str, float]) -> str:
    """Names in the order of their values."""
    return " < ".join(sorted(named, key=lambda n: named[n]))


def same_everywhere(orders: Sequence[str]) -> str:
    """The order, if it is one and the same; otherwise those that occur."""
    return " or ".join(dict.fromkeys(orders))


COMPARISON = Comparison(name="population", about="virtual people: medians, spread and order of thresholds", run=_run)
