"""What weeks of stimulated contractions do to a muscle, and what weeks of rest do: always an interval.

Grounded on trials: strength goes with the torque that is evoked, which tells a quarter to two thirds of the differences
between people; size does not. Chosen, not measured: at which evoked torque the trials that state gains were run, and
how gains slow down. How many contractions make a session is not told by the trials: it counts in the dose alone.
Exercise at a higher effort did as well as stimulation wherever the two were compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.tables import row

Array = NDArray[np.float64]
_DRAWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A programme of stimulated contractions.

    Parameters
    ----------
    evoked_share : float
        Mean torque of a contraction over the voluntary maximum, 0 to 1.
    on_s : float
        Length of a contraction, above 0.
    contractions, sessions : int
        Contractions in a session and sessions in all, at least 1.
    weeks : float
        Length of the programme, above 0.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Examples
    --------
    >>> Dose(evoked_share=0.31, on_s=10.0, contractions=15, sessions=36, weeks=16.0).maximal_min
    27.9
    """

    evoked_share: float
    on_s: float
    contractions: int
    sessions: int
    weeks: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.evoked_share <= 1.0:
            raise ParameterError(
                f"evoked_share is {self.evoked_share:g}; it is the evoked torque over the voluntary maximum, 0 to 1."
            )
        if not (0 < self.on_s < math.inf and 0 < self.weeks < math.inf and min(self.contractions, self.sessions) >= 1):
            raise ParameterError(
                f"on_s is {self.on_s} s, contractions {self.contractions}, sessions {self.sessions} and weeks"
                f" {self.weeks}; each must be above 0."
            )

    @property
    def maximal_min(self) -> float:
        """The dose: minutes of contraction, each counted by its share of the voluntary maximum."""
        return self.evoked_share * self.on_s * self.contractions * self.sessions / 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change over people: median, and 5 to 95 %, in percent of the beginning.

    Parameters
    ----------
    median_percent, p5_percent, p95_percent : float
        Percentiles; below 0 for a loss.

    Examples
    --------
    >>> Change(median_percent=9.0, p5_percent=1.0, p95_percent=20.0).median_percent
    9.0
    """

    median_percent: float
    p5_percent: float
    p95_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOutcome:
    """What a programme is to be expected to do.

    Parameters
    ----------
    strength, size : Change
        Voluntary strength and cross-section.
    gaining_share : float
        Share of people who gain any strength.
    notes : tuple of str
        What it rests on and what it cannot tell.

    Examples
    --------
    >>> dose = Dose(evoked_share=0.31, on_s=10.0, contractions=15, sessions=36, weeks=16.0)
    >>> outcome = train_muscle(dose)
    >>> outcome.strength.p5_percent < outcome.strength.median_percent < outcome.strength.p95_percent
    True
    """

    strength: Change
    size: Change
    gaining_share: float
    notes: tuple[str, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows it rests on."""
        return tuple(f"training.{r}" for r in ("young_men", "strong_gain", "arthritis", "dose_response", "intensity",
                                                "slowing"))  # fmt: skip


def train_muscle(dose: Dose, *, seed: int = 1) -> TrainingOutcome:
    """Expect the outcome of a programme, over people and over what the trials leave open.

    Parameters
    ----------
    dose : Dose
        The programme.
    seed : int
        Seed of the draws.

    Examples
    --------
    >>> weak = Dose(evoked_share=0.05, on_s=10.0, contractions=15, sessions=36, weeks=16.0)
    >>> train_muscle(weak).strength.median_percent
    0.0
    """
    low, high = row("training.young_men"), row("training.strong_gain")
    told, intensity, slow = (row(f"training.{r}") for r in ("dose_response", "intensity", "slowing"))
    rng = np.random.default_rng(seed)

    def between(low_ratio: float, high_ratio: float) -> Array:
        return rng.uniform(low_ratio, high_ratio, _DRAWS)

    per_session = between(low["strength_percent"] / low["sessions"], high["strength_percent"] / high["sessions"])
    enough = dose.evoked_share >= between(*intensity["least_share"])
    slowing_weeks = between(slow["least_weeks"], slow["most_weeks"])
    sessions = dose.sessions * _kept(dose.weeks / slowing_weeks) / _kept(low["weeks"] / slowing_weeks)
    r2 = between(told["lowest_r2_ratio"], told["highest_r2_ratio"])
    # what the evoked torque does not tell of the differences between people, by the same spread of torques
    person = 1.0 + intensity["people_spread_ratio"] * np.sqrt((1.0 - r2) / r2) * rng.standard_normal(_DRAWS)
    relative = dose.evoked_share / between(*intensity["usual_share"])
    strength = per_session * sessions * relative * person * enough
    size_per_session = between(low["least_size_percent"] / low["sessions"], low["most_size_percent"] / low["sessions"])
    size = size_per_session * sessions * (1.0 + intensity["people_spread_ratio"] * rng.standard_normal(_DRAWS)) * enough
    return TrainingOutcome(
        strength=_change(strength),
        size=_change(size),
        gaining_share=float(np.mean(strength > 0)),
        notes=_notes(dose),
    )


def _kept(relative_weeks: Array) -> Array:
    """Mean of an exponential over a time in units of its constant: how much of a steady gain is left as it slows."""
    return -np.expm1(-np.asarray(relative_weeks)) / relative_weeks


def _notes(dose: Dose) -> tuple[str, ...]:
    a, told, least = row("training.arthritis"), row("training.dose_response"), row("training.intensity")["least_share"]
    said = [
        "A prior over people, not a forecast for one: evoked torque told"
        f" {told['lowest_r2_ratio']:.0%} to {told['highest_r2_ratio']:.0%} of the differences in strength between"
        f" people, and {told['size_r2_ratio']:.0%} of those in size.",
        f"Exercise did as well: {a['sessions']} sessions in {a['weeks']:g} weeks at {a['exercise_share']:.0%} of"
        f" maximal effort and stimulation at {a['stimulated_share']:.0%} improved strength and size alike;"
        f" {a['stimulated_attrition_percent']:g} % left the stimulated group and {a['exercise_attrition_percent']:g} %"
        " the exercise group.",
    ]
    if dose.evoked_share < least[1]:
        said.insert(
            0,
            f"The evoked torque, {dose.evoked_share:.0%} of the voluntary maximum, lies below the {least[0]:.0%} to"
            f" {least[1]:.0%} under which little or nothing is gained.",
        )
    return tuple(s.replace("%", " %").replace("  %", " %") for s in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisuseOutcome:
    """What rest takes from the knee extensors, with or without stimulation.

    Parameters
    ----------
    strength, size : Change
        Losses are below 0.
    stimulated : bool
        Whether the muscle was stimulated daily.

    Examples
    --------
    >>> rest_muscle(5.0).strength.median_percent < rest_muscle(5.0).size.median_percent < 0
    True
    """

    strength: Change
    size: Change
    stimulated: bool


def rest_muscle(days: float, *, stimulated: bool = False, seed: int = 1) -> DisuseOutcome:
    """Expect what days of unloading do to the knee extensors of a healthy adult.

    Parameters
    ----------
    days : float
        Days in bed or in a cast, 1 to 120.
    stimulated : bool
        Whether the muscle is stimulated every day, for 40 min twice, as in the trial this rests on.
    seed : int
        Seed of the draws.

    Returns
    -------
    DisuseOutcome
        Stimulation keeps the size; strength falls nearly as much without it.

    Raises
    ------
    ParameterError
        If the days are outside their range.

    Examples
    --------
    >>> plain, kept = rest_muscle(14.0), rest_muscle(14.0, stimulated=True)
    >>> kept.size.median_percent > 0.6 * plain.size.median_percent
    True
    >>> kept.strength.median_percent < 0.5 * plain.strength.median_percent
    True
    """
    bed, leg, kept = (row(f"training.{r}") for r in ("bed_rest", "one_leg", "kept_size"))
    if not 1.0 <= days <= bed["longest_days"]:
        raise ParameterError(
            f"days is {days:g}; give 1 to {bed['longest_days']:g}, the span of the studies of bed rest."
        )
    rng = np.random.default_rng(seed)
    measured = np.array([*bed["strength_percent"], leg["strength_percent"]])
    slope = measured / np.log1p(np.array([*bed["days"], leg["days"]]))
    loss = np.maximum(rng.normal(slope.mean(), slope.std(ddof=1), _DRAWS), 0.0) * math.log1p(days)
    size = loss / (_strength_to_size(days) * np.exp(_ratio_spread() * rng.standard_normal(_DRAWS)))
    if stimulated:

        def mean_percent(key: str) -> Array:
            return rng.normal(leg[f"{key}_percent"], leg[f"{key}_se_percent"], _DRAWS)

        loss = loss * np.clip(mean_percent("stimulated_strength") / np.maximum(mean_percent("strength"), 1.0), 0.0, 1.5)
        size = size * rng.uniform(0.0, kept["most_lost_share"], _DRAWS)
    return DisuseOutcome(strength=_change(-loss), size=_change(-size), stimulated=stimulated)


def _strength_to_size(days: float) -> float:
    """How many times the loss of strength is that of size."""
    bed = row("training.bed_rest")
    return float(np.interp(days, bed["ratio_days"], bed["strength_to_size_ratio"]))


def _ratio_spread() -> float:
    """How far studies that measured both lie from that ratio, as the root mean square of the logarithm."""
    bed, leg = row("training.bed_rest"), row("training.one_leg")
    days = [*bed["both_days"], leg["days"]]
    strength = np.array([*bed["both_strength_percent"], leg["strength_percent"]])
    size = np.array([*bed["both_size_percent"], leg["size_percent"]])
    usual = np.array([_strength_to_size(d) for d in days])
    return float(np.sqrt(np.mean(np.log(strength / size / usual) ** 2)))


def _change(percent: Array) -> Change:
    p5, median, p95 = (float(v) for v in np.percentile(percent, [5.0, 50.0, 95.0]))
    return Change(median_percent=median, p5_percent=p5, p95_percent=p95)


def knee_replacement_gain_percent(weeks: float) -> float:
    """What stimulation adds to quadriceps strength after knee replacement, in percent of a usual strength.

    The standardised difference of a meta-analysis times the spread of strength in healthy people, at the nearest of
    its four times.

    Parameters
    ----------
    weeks : float
        Since the operation, 0 or above.

    Raises
    ------
    ParameterError
        If the time is negative.

    Examples
    --------
    >>> [round(knee_replacement_gain_percent(m)) for m in (2.0, 15.0, 52.0)]
    [19, 10, 11]
    """
    if not weeks >= 0:
        raise ParameterError(f"weeks is {weeks:g}; time since the operation is 0 or above.")
    m, s = row("training.knee_replacement"), row("training.strength_spread")
    middle = (np.array(m["from_weeks"]) + np.array(m["to_weeks"])) / 2
    effect = m["effect_ratio"][int(np.abs(middle - weeks).argmin())]
    spread = np.mean([s["men_sd_Nm"] / s["men_mean_Nm"], s["women_sd_Nm"] / s["women_mean_Nm"]])
    return float(100.0 * effect * spread)
