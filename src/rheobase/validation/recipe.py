"""The published virtual people drawn again, from our own thresholds of the same fibres.

The population of Rheobase is made in another way (continuous fat, simulated conductivities, no axial endings). Here the
published recipe is followed to the letter, artefacts included, so that only the thresholds differ.
"""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.tables import row
from rheobase.validation._bench import REACH_MM, biphasic, on_course, tapered, under_pads
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, near
from rheobase.validation.surface_tables import DEGENERATE, Cell, arriving, cells, ours_mA

_SEED = 1
_NAMES = {"a_beta": "touch", "a_alpha": "motor", "a_delta": "thin"}


# kind, fat mm, parent um, taper, course, depth mm, place mm: natural logarithm of the threshold in mA
Tables = dict[tuple[str, float, float, str, str, float, float], float]


def simulated(tell: Progress) -> Tables:
    """Our thresholds of every cell, the invalid ones included, for the recipe draws from them."""
    ln: Tables = {}
    for done, kind in enumerate(("A-beta", "A-alpha", "A-delta")):
        usual = [c for c in cells() if c.kind == kind and c.course != DEGENERATE]
        axial = [c for c in cells() if c.kind == kind and c.course == DEGENERATE]
        found = np.append(ours_mA(usual), _axial_mA(axial) if axial else [])
        for c, value in zip(usual + axial, found, strict=True):
            key = (c.kind, c.fat_mm, c.diameter_um, c.taper, c.course, c.ending_depth_mm, c.along_mm)
            ln[key] = float(np.log(value))
        tell((done + 1) / 4)
    return ln


def _axial_mA(these: list[Cell]) -> np.ndarray:
    probes = []
    for c in these:
        course = ((c.ending_depth_mm, c.along_mm), (c.ending_depth_mm, REACH_MM))
        probes.append(on_course(Forearm(fat_mm=c.fat_mm), course, tapered(c.taper, c.diameter_um)))
    planes = [under_pads(Forearm(fat_mm=c.fat_mm)) for c in these]
    return arriving(planes, probes, biphasic(tail_ms=1.6)).threshold_mA


def draw_people(tables: Tables, people: int) -> dict[str, np.ndarray]:
    """Sorted thresholds of every person's fibres, shape (people, fibres), mA."""
    rng = np.random.default_rng(_SEED)
    drawn = [_person(tables, rng) for _ in range(people)]
    return {kind: np.sort(np.exp([one[kind] for one in drawn]), axis=1) for kind in _NAMES}


def _person(tables: Tables, rng: np.random.Generator) -> dict[str, list[float]]:
    p = row("published.recipe")
    fat = float(rng.choice(p["fat_mm"], p=p["fat_share"]))
    wet, muscle, dermis = (rng.uniform(0.0, np.log(p[f"{t}_factor"])) for t in ("fat", "muscle", "dermis"))
    skin = wet + dermis
    return {
        "a_beta": [skin + v for v in _touch(tables, rng, fat)],
        "a_alpha": [muscle + dermis + v for v in _motor(tables, rng, fat)],
        "a_delta": [skin + v for v in _thin(tables, rng, fat)],
    }


def _bins(values: np.ndarray, upper: list[float], parents: list[float]) -> np.ndarray:
    return np.array(parents)[np.searchsorted(upper, values, side="right")]


def _touch(tables: Tables, rng: np.random.Generator, fat: float) -> list[float]:
    p = row("published.recipe")
    n = p["touch_count"]
    course = rng.choice(p["skin_course"], size=n, p=rng.dirichlet(p["skin_course_weight"]))
    long_ = rng.random(n) < rng.beta(*p["taper_beta"])
    parent = _bins(rng.normal(p["touch_mean_um"], p["touch_sd_um"], n), p["touch_upper_um"], p["touch_parent_um"])
    along = rng.choice(p["touch_along_mm"], size=n)
    return [
        tables["A-beta", fat, float(d), "long" if b else "short", str(c), 1.0, float(z)]
        for d, b, c, z in zip(parent, long_, course, along, strict=True)
    ]


def _motor(tables: Tables, rng: np.random.Generator, fat: float) -> list[float]:
    p = row("published.recipe")
    n = p["motor_count"]
    depths = p["motor_depth_shallow_fat_mm"] if fat < 10.0 else p["motor_depth_thick_fat_mm"]
    centre = rng.uniform(*p["motor_depth_range_mm"])
    depth = np.clip(centre + p["motor_depth_sd_mm"] * rng.standard_normal(n), depths[0], depths[-1])
    long_ = rng.random(n) < rng.beta(*p["taper_beta"])
    which = rng.choice(len(p["motor_course"]), size=n, p=rng.dirichlet(p["motor_course_weight"]))
    parent = _bins(rng.normal(p["motor_mean_um"], p["motor_sd_um"], n), p["motor_upper_um"], p["motor_parent_um"])
    out = []
    for d, b, k, e in zip(parent, long_, which, depth, strict=True):
        taper = "motor_long" if b else "motor_short"
        knots = [
            tables["A-alpha", fat, float(d), taper, p["motor_course"][k], x, p["motor_along_mm"][k]] for x in depths
        ]
        out.append(float(np.interp(e, depths, knots)))
    return out


def _thin(tables: Tables, rng: np.random.Generator, fat: float) -> list[float]:
    p = row("published.recipe")
    n, um = p["thin_count"], p["thin_um"]
    course = rng.choice(p["skin_course"], size=n, p=rng.dirichlet(p["skin_course_weight"]))
    d = np.clip(p["thin_median_um"] * np.exp(p["thin_sd_share"] * rng.standard_normal(n)), um[0], um[-1])
    along, depth = rng.choice(p["thin_along_mm"], size=n), rng.choice(p["thin_depth_mm"], size=n)
    return [
        float(np.interp(x, um, [tables["A-delta", fat, k, "", str(c), float(e), float(z)] for k in um]))
        for x, c, e, z in zip(d, course, depth, along, strict=True)
    ]


def at_share(sorted_mA: np.ndarray, share: float) -> np.ndarray:
    """Current at which a share of each person's fibres fires."""
    return sorted_mA[:, max(round(share * sorted_mA.shape[1]), 1) - 1]


def _run(tell: Progress) -> list[RowDict]:
    p, tables = row("published.population"), simulated(tell)
    mA = draw_people(tables, row("published.recipe")["people"])
    ten = {kind: at_share(v, 0.10) for kind, v in mA.items()}
    spread = ten | {"a_delta": at_share(mA["a_delta"], 0.25)}
    rows = [
        near(f"published recipe, median, {n} fibres 10 %", p, p[f"{k}_mA"], float(np.median(ten[k])), unit="mA")
        for k, n in _NAMES.items()
    ]
    rows += [
        near(
            f"published recipe, SD of ln, {n} fibres",
            p,
            p[f"sd_{k}_ratio"],
            float(np.std(np.log(spread[k]))),
            unit="",
            tolerance=p["sd_tolerance"],
        )
        for k, n in _NAMES.items()
    ]
    touch, twitch = ten["a_beta"], ten["a_alpha"]
    rows += [
        apart(
            "published recipe, tingling before twitch",
            p,
            p["sensory_first_share"],
            float(np.mean(touch < twitch)),
            p["sensory_first_band_share"],
            unit="",
        ),
        near(
            "published recipe, twitch over tingling",
            p,
            p["motor_over_sensory_ratio"],
            float(np.median(twitch / touch)),
            unit="",
        ),
    ]
    return rows


COMPARISON = Comparison(name="recipe", about="the published virtual people drawn from our thresholds", run=_run)
