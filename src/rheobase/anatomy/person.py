"""Measured people: how sex, body mass index and stature decide girths, lengths, fat and skin.

A size is a linear fit to measured people plus a residual. A person is sex, body mass index, stature and age, and a
score (in standard deviations) for each residual; without scores it is the mean person of that build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row, row, table

SEXES = ("female", "male")
POPULATIONS = ("army", "civil")


@cache
def _by_prefix(prefix: str) -> Mapping[str, Row]:
    return {k.removeprefix(prefix): r for k, r in table("people").items() if k.startswith(prefix)}


def _score_names() -> tuple[str, ...]:
    return (*_by_prefix("size_"), "fat", "skin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, as far as the size of the body goes.

    Parameters
    ----------
    sex : {"female", "male"}
        Sex.
    bmi_kg_per_m2 : float
        Body mass index, 18 to 40.
    stature_cm : float, optional
        Height, 140 to 205; by default that of the reference man or woman.
    age : int
        Years, 18 to 60.
    scores : mapping, or tuple of (name, score), optional
        Deviations from the mean person of this build in standard deviations, -3 to 3, by size (``"calf"``, ...),
        ``"fat"`` and ``"skin"``; what is left out is 0.

    Raises
    ------
    ParameterError
        If something lies outside the measured range, or a score has no such size.

    Examples
    --------
    >>> woman = Person(sex="female", bmi_kg_per_m2=22.0)
    >>> round(woman.size_mm("calf"))
    353
    >>> round(woman.fat_mm("thigh"), 1)
    8.6
    """

    sex: str = "male"
    bmi_kg_per_m2: float = 25.0
    stature_cm: float | None = None
    age: int = 30
    scores: Mapping[str, float] | tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.sex not in SEXES:
            raise ParameterError(f"sex is '{self.sex}'; it is 'female' or 'male'.{near_name(self.sex, SEXES)}")
        r = row("people.range")
        if self.stature_cm is None:
            object.__setattr__(self, "stature_cm", row("people.reference")[f"{self.sex}_stature_cm"])
        for name, unit, low, high in (
            ("bmi_kg_per_m2", "kg/m2", r["smallest_bmi_kg_per_m2"], r["largest_bmi_kg_per_m2"]),
            ("stature_cm", "cm", r["smallest_stature_cm"], r["largest_stature_cm"]),
            ("age", "years", r["youngest_years"], r["oldest_years"]),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ParameterError(
                    f"{name} is {value:g} {unit}; the people measured span {low:g} to {high:g} {unit}. Give a value in"
                    " that range."
                )
        # as a tuple, so that a person can be a key
        object.__setattr__(self, "scores", tuple(sorted(dict(self.scores).items())))
        for name, score in dict(self.scores).items():
            if name not in _score_names():
                raise ParameterError(f"scores has no size '{name}'.{near_name(name, _score_names())}")
            if not abs(score) <= r["largest_score"]:
                raise ParameterError(
                    f"scores['{name}'] is {score:g} standard deviations; give {-r['largest_score']:g} to"
                    f" {r['largest_score']:g}."
                )

    def size_mm(self, name: str) -> float:
        """One girth, breadth, depth or length, or ``"stature"``.

        Raises
        ------
        ParameterError
            If there is no such size.
        """
        known = _by_prefix("size_")
        if name == "stature":
            return 10.0 * self._stature_cm
        if name not in known:
            raise ParameterError(f"There is no size '{name}' of a person.{near_name(name, known)}")
        p, s = known[name], self.sex
        mean = (
            p[f"{s}_base_mm"]
            + p[f"{s}_per_bmi_mm"] * (self.bmi_kg_per_m2 - 25.0)
            + p[f"{s}_per_stature_cm_mm"] * (self._stature_cm - 170.0)
        )
        return float(mean + self._aged_mm(name) + p[f"{s}_sd_mm"] * self.score(name))

    def score(self, name: str) -> float:
        """Deviation from the mean person of this build, in standard deviations."""
        return dict(self.scores).get(name, 0.0)

    def fat_mm(self, site: str) -> float:
        """Thickness of the fat under the skin at a site, within what has been seen there."""
        p, rule = _site("fat", site), row("people.fat_rule")
        growth = rule["per_bmi"] * (self.bmi_kg_per_m2 - row("people.reference")["bmi_kg_per_m2"])
        value = p[f"{self.sex}_median_mm"] * np.exp(growth + rule["sd_ln"] * self.score("fat"))
        return float(np.clip(value, p["smallest_mm"], p["largest_mm"]))

    def skin_mm(self, site: str) -> float:
        """Thickness of the skin (epidermis and dermis) at a site."""
        p, rule = _site("skin", site), row("people.skin_rule")
        value = p[f"{self.sex}_median_mm"] * np.exp(rule["sd_ln"] * self.score("skin"))
        return float(np.clip(value, p["smallest_mm"], p["largest_mm"]))

    @property
    def relaxed_arm_mm(self) -> float:
        """What to add to the flexed girth of the upper arm for the relaxed one; negative."""
        return float(row("people.relaxed_arm")[f"{self.sex}_mm"])

    @property
    def bone_factor(self) -> float:
        """Size of the bones relative to the reference man."""
        p = row("people.bone")
        own = self._stature_cm / p["reference_stature_cm"]
        return float(own * (p["female_factor"] if self.sex == "female" else 1.0))

    @property
    def plain(self) -> str:
        """The person in words, for captions."""
        word = "woman" if self.sex == "female" else "man"
        return f"{word}, {self._stature_cm:.0f} cm, {self.bmi_kg_per_m2:.1f} kg/m2"

    @property
    def _stature_cm(self) -> float:
        assert self.stature_cm is not None  # filled in on construction; for the type checker
        return self.stature_cm

    def _aged_mm(self, name: str) -> float:
        p = row("people.age")
        if name not in p["size"]:
            return 0.0
        years = self.age - row("people.reference")["age_years"]
        return float(p[f"{self.sex}_per_year_mm"][p["size"].index(name)] * years)


def _site(what: str, site: str) -> Row:
    known = _by_prefix(f"{what}_")
    if site not in known or site == "rule":
        raise ParameterError(f"There is no {what} of '{site}' in the table of people.{near_name(site, known)}")
    return known[site]


def sample_people(count: int, *, seed: int, sex: str | None = None, population: str = "civil") -> tuple[Person, ...]:
    """Draw people with the measured spread and correlation of their sizes.

    Parameters
    ----------
    count : int
        How many, at least 1.
    seed : int
        The same seed gives the same people.
    sex : {"female", "male"}, optional
        Draw one sex only; by default both are equally likely.
    population : {"civil", "army"}
        Whose body mass index and stature: a national survey or the army. Body mass index stays within 18 to 40.

    Raises
    ------
    ParameterError
        If sex or population is unknown or count is below 1.

    Examples
    --------
    >>> [person.sex for person in sample_people(3, seed=1, sex="female")]
    ['female', 'female', 'female']
    """
    if count < 1:
        raise ParameterError(f"count is {count}; draw at least 1 person.")
    if sex is not None and sex not in SEXES:
        raise ParameterError(f"sex is '{sex}'; it is 'female' or 'male'.{near_name(sex, SEXES)}")
    if population not in POPULATIONS:
        raise ParameterError(f"There is no population '{population}'.{near_name(population, POPULATIONS)}")
    rng = np.random.default_rng(seed)
    sexes = [sex or SEXES[int(rng.integers(2))] for _ in range(count)]
    return tuple(_draw(s, population, rng) for s in sexes)


def _draw(sex: str, population: str, rng: np.random.Generator) -> Person:
    # named rows, so that a reader finds where each population is used
    p = row("people.civil") if population == "civil" else row("people.army")
    r = row("people.range")
    stature = _within(
        lambda: p[f"{sex}_stature_cm"] + p[f"{sex}_stature_sd_cm"] * rng.standard_normal(),
        r["smallest_stature_cm"], r["largest_stature_cm"],
    )  # fmt: skip
    bmi = _within(
        lambda: p[f"{sex}_bmi_median_kg_per_m2"] * np.exp(p[f"{sex}_bmi_sd_ln"] * rng.standard_normal()),
        r["smallest_bmi_kg_per_m2"], r["largest_bmi_kg_per_m2"],
    )  # fmt: skip
    names = _score_names()
    limit = r["largest_score"]
    z = np.clip(residual_factor(sex) @ rng.standard_normal(len(names)), -limit, limit)
    age = int(rng.integers(20, r["oldest_years"] + 1))
    return Person(
        sex=sex, bmi_kg_per_m2=float(bmi), stature_cm=float(stature), age=age,
        scores=dict(zip(names, map(float, z), strict=True)),
    )  # fmt: skip


def _within(draw: Callable[[], float], low: float, high: float) -> float:
    while True:
        value = draw()
        if low <= value <= high:
            return float(value)


@cache
def residual_factor(sex: str) -> np.ndarray:
    """Cholesky factor of the correlation matrix of all scores of one sex.

    Examples
    --------
    >>> factor = residual_factor("male")
    >>> float((factor @ factor.T).diagonal().round(6).max())
    1.0
    """
    p = row("people.correlation")
    names = _score_names()
    matrix = np.eye(len(names))
    for a, b, rho in zip(p["first"], p["second"], p[sex], strict=True):
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = rho
    return np.linalg.cholesky(matrix)


def people_rows() -> tuple[str, ...]:
    """Table rows that any person rests on.

    Examples
    --------
    >>> "people.correlation" in people_rows()
    True
    """
    named = ("range", "reference", "age", "correlation", "bone", "fat_rule", "skin_rule")
    return tuple(f"people.{n}" for n in named)
