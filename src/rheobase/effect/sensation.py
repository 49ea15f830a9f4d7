"""What is felt: tingling, twitch and pain as shares of fibres that fire, in one body and over many.

Grounded on: which fibres fire at which current (field, endings and membrane models, each compared with reference data).
Not grounded on measurement: which share of fibres makes a sensation. The shares are criteria, chosen and shown; they
move tingling and twitch by about a factor of two. So thresholds over virtual people are a prior. Thresholds measured on
a person turn it into a statement about that person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart
from rheobase.effect.virtual import (
    Body,
    Key,
    Library,
    Solver,
    body_thresholds_mA,
    draw_bodies,
    make_library,
    middle_body,
)
from rheobase.errors import ParameterError, near_name
from rheobase.field import solve_field
from rheobase.montage import Montage
from rheobase.nerve import KINDS, share_threshold_mA, stimulus_of
from rheobase.pulse import Pulse
from rheobase.tables import row

Array = NDArray[np.float64]
EVENTS = ("tingling", "twitch", "pain")
SMOOTH = 20  # the middle body has this many times the fibres, for smooth curves


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """When an event is said to happen: a share of one kind of fibre fires under one of the pads.

    Parameters
    ----------
    event, kind, plain : str
        Name of the event, kind of fibre, plain words.
    share : float
        Share of the fibres, above 0 and at most 1.

    Raises
    ------
    ParameterError
        If the share is outside its range.

    Examples
    --------
    >>> criterion("tingling").share
    0.1
    """

    event: str
    kind: str
    plain: str
    share: float

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise ParameterError(
                f"The share of fibres for '{self.event}' is {self.share}; it must be above 0 and at most 1, as 0.1."
            )

    @property
    def text(self) -> str:
        """The criterion in a few words."""
        return f"{self.share:.0%} of the {self.kind} fibres under a pad fire".replace("%", " %")


def criterion(event: str, share: float | None = None) -> Criterion:
    """Criterion of an event from the table of sensation.

    Parameters
    ----------
    event : str
        ``"tingling"``, ``"twitch"`` or ``"pain"``.
    share : float, optional
        Another share than the table's.

    Raises
    ------
    ParameterError
        For an unknown event or an impossible share.

    Examples
    --------
    >>> criterion("pain").kind
    'A-delta'
    """
    if event not in EVENTS:
        raise ParameterError(f"There is no event '{event}'.{near_name(event, EVENTS)}")
    p = row(f"sensation.{event}")
    return Criterion(event=event, kind=p["kind"], plain=p["plain"], share=p["share"] if share is None else share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A quantity over virtual people: median and 5 to 95 %, in mA.

    Parameters
    ----------
    median_mA, p5_mA, p95_mA : float
        Percentiles.

    Examples
    --------
    >>> band_of(np.array([1.0, 2.0, 3.0])).median_mA
    2.0
    """

    median_mA: float
    p5_mA: float
    p95_mA: float


def band_of(values_mA: Array) -> Band:
    """Median and 5 to 95 % of values.

    Examples
    --------
    >>> band_of(np.full(5, 4.0)).p95_mA
    4.0
    """
    p5, median, p95 = np.percentile(values_mA, [5.0, 50.0, 95.0])
    return Band(median_mA=float(median), p5_mA=float(p5), p95_mA=float(p95))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensation:
    """Thresholds of what is felt, in the middle body and over virtual people.

    Parameters
    ----------
    library : Library
        What was simulated.
    criteria : mapping
        Criterion of each event.
    middle : mapping
        Ascending thresholds (mA) of the fibres of the middle body, by (kind, pad).
    people : tuple of mapping
        The same for every virtual person.
    bodies : tuple of Body
        The people.
    seed : int
        What they were drawn with.
    perception_mA, twitch_mA : float, optional
        Measured thresholds the fibres were scaled to.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> pads = pad_pair(arm)
    >>> field = solve_field(arm, pads)
    >>> empty = Library(limb=arm, montage=pads, field=field, grids={}, fat_mm=(5.0,), ln_mA={}, slope={})
    >>> fibres = {("A-beta", "distal"): np.arange(1.0, 21.0), ("A-alpha", "proximal"): np.arange(5.0, 25.0)}
    >>> felt = Sensation(library=empty, criteria={e: criterion(e) for e in EVENTS}, middle=fibres,
    ...                  people=(fibres, {k: 2 * t for k, t in fibres.items()}), bodies=(middle_body(arm),) * 2, seed=1)
    >>> felt.nominal_mA("tingling"), felt.where("tingling"), felt.band("twitch").median_mA, felt.calibrated
    (2.0, 'distal', 9.0, False)
    """

    library: Library
    criteria: Mapping[str, Criterion]
    middle: Mapping[Key, Array]
    people: tuple[Mapping[Key, Array], ...]
    bodies: tuple[Body, ...]
    seed: int
    perception_mA: float | None = None
    twitch_mA: float | None = None

    @property
    def calibrated(self) -> bool:
        """Whether any measured threshold of a person went in."""
        return self.perception_mA is not None or self.twitch_mA is not None

    @property
    def events(self) -> tuple[str, ...]:
        """The events that can happen here: no twitch where no muscle lies under the pads."""
        kinds = {kind for kind, _ in self.middle}
        return tuple(e for e in EVENTS if self.criteria[e].kind in kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of fibres that end under the pads, in the order of `KINDS`."""
        here = {kind for kind, _ in self.middle}
        return tuple(kind for kind in KINDS if kind in here)

    def nominal_mA(self, event: str) -> float:
        """Threshold of an event in the middle body."""
        return event_mA(self.middle, self.criteria[event])[0]

    def where(self, event: str) -> str:
        """Pad under which the event happens first in the middle body."""
        return event_mA(self.middle, self.criteria[event])[1]

    def people_mA(self, event: str) -> Array:
        """Threshold of an event in every virtual person, shape (people,)."""
        return np.array([event_mA(p, self.criteria[event])[0] for p in self.people])

    def band(self, event: str) -> Band:
        """Threshold of an event over the people."""
        return band_of(self.people_mA(event))

    def share_band(self, kind: str, share: float) -> Band:
        """Amplitude at which a share of a kind of fibre fires under the first pad, over the people."""
        return band_of(np.array([lowest_mA(p, kind, share)[0] for p in self.people]))

    def recruited(self, kind: str, amplitude_mA: Array) -> dict[str, Array]:
        """Share of a kind that fires under the pad where more of it does: middle body, and median, 5 and 95 %."""
        people = np.array([_recruited(p, kind, amplitude_mA) for p in self.people])
        p5, median, p95 = np.percentile(people, [5.0, 50.0, 95.0], axis=0)
        return {"nominal": _recruited(self.middle, kind, amplitude_mA), "median": median, "p5": p5, "p95": p95}


def lowest_mA(thresholds: Mapping[Key, Array], kind: str, share: float) -> tuple[float, str]:
    """Smallest amplitude at which a share of a kind fires under some pad, and that pad.

    Parameters
    ----------
    thresholds : mapping
        Ascending thresholds (mA) of the fibres of one body, by (kind, pad).
    kind : str
        Kind of fibre.
    share : float
        Share of the fibres under one pad, 0 (the first fibre) to 1.

    Raises
    ------
    ParameterError
        If the share is outside 0 to 1, or there are no fibres of the kind.

    Examples
    --------
    >>> lowest_mA({("A-beta", "a"): np.array([2.0]), ("A-beta", "b"): np.array([1.0])}, "A-beta", 0.1)
    (1.0, 'b')
    """
    mine = [(share_threshold_mA(t, share), pad) for (k, pad), t in thresholds.items() if k == kind]
    if not mine:
        raise ParameterError(f"No fibres of kind '{kind}' were simulated.{near_name(kind, {k for k, _ in thresholds})}")
    return min(mine)


def event_mA(thresholds: Mapping[Key, Array], criterion: Criterion) -> tuple[float, str]:
    """Amplitude at which an event happens, and the pad under which it does.

    Parameters
    ----------
    thresholds : mapping
        Ascending thresholds (mA) of the fibres of one body, by (kind, pad).
    criterion : Criterion
        When the event is said to happen.

    Examples
    --------
    >>> event_mA({("A-beta", "p"): np.arange(1.0, 11.0)}, criterion("tingling"))
    (1.0, 'p')
    """
    return lowest_mA(thresholds, criterion.kind, criterion.share)


def _recruited(thresholds: Mapping[Key, Array], kind: str, amplitude_mA: Array) -> Array:
    shares = [np.searchsorted(t, amplitude_mA, side="right") / len(t) for (k, _), t in thresholds.items() if k == kind]
    return np.max(shares, axis=0)


def assess_sensation(
    limb: BodyPart,
    montage: Montage,
    pulse: Pulse,
    *,
    people: int = 300,
    seed: int = 1,
    share: float | None = None,
    perception_mA: float | None = None,
    twitch_mA: float | None = None,
    library: Library | None = None,
    solve: Solver = solve_field,
    progress: Callable[[float], None] | None = None,
) -> Sensation:
    """Find when tingling, twitch and pain begin.

    Parameters
    ----------
    limb : BodyPart
        The limb in the middle of the population.
    montage : Montage
        Its pads.
    pulse : Pulse
        Waveform of the active pad; each pulse is taken alone.
    people : int
        Virtual people, at least 1.
    seed : int
        The same seed gives the same people.
    share : float, optional
        Share of fibres for tingling and twitch, instead of the table's.
    perception_mA, twitch_mA : float, optional
        Thresholds measured on a person with these pads and this pulse. Every virtual body is scaled to them: skin
        fibres by the first, motor fibres by the second; what is left is the spread of everything not measured.
    library : Library, optional
        Thresholds of the limb's endings for these pads and this pulse, if they were simulated before.
    solve : callable, optional
        Makes the field of a limb and its pads, such as one that remembers fields.
    progress : callable, optional
        Is told the share done.

    Raises
    ------
    ParameterError
        If the library is that of another limb or other pads, a measured threshold is not above 0, people or shares are
        impossible, or a twitch was measured where no muscle lies under the pads.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.pulse import biphasic
    >>> arm = Forearm()
    >>> felt = assess_sensation(arm, pad_pair(arm), biphasic(width_us=200.0), people=20)
    >>> felt.nominal_mA("tingling") < felt.nominal_mA("twitch") < felt.nominal_mA("pain")
    True
    """
    for name, value in (("perception_mA", perception_mA), ("twitch_mA", twitch_mA)):
        if value is not None and not value > 0:
            raise ParameterError(
                f"{name} is {value} mA; a measured threshold is above 0. Leave it out if not measured."
            )
    criteria = {e: criterion(e, share if e != "pain" else None) for e in EVENTS}
    bodies = draw_bodies(limb, montage, people=people, seed=seed)
    if library is None:
        library = make_library(limb, montage, stimulus_of(pulse), solve=solve, progress=progress)
    elif (library.limb, library.montage) != (limb, montage):
        what = "another limb" if library.limb != limb else "other pads"
        raise ParameterError(
            f"The library was simulated for {what} ({type(library.limb).__name__}, pads"
            f" {', '.join(library.montage.names)}); it must be that of this {type(limb).__name__} and its pads"
            f" {', '.join(montage.names)}. Make one with make_library, or leave it out."
        )
    chance = np.random.default_rng([seed, 1])
    middle = body_thresholds_mA(library, middle_body(limb), np.random.default_rng([seed, 2]), times=SMOOTH)
    if twitch_mA is not None and all(kind != "A-alpha" for kind, _ in middle):
        raise ParameterError(
            f"twitch_mA is {twitch_mA:g} mA, but no muscle lies under the pads of this {type(limb).__name__}."
            " Leave it out, or put a pad over a muscle."
        )
    measured = (perception_mA, twitch_mA)
    return Sensation(
        library=library,
        criteria=criteria,
        middle=_scaled(middle, criteria, *measured),
        people=tuple(_scaled(body_thresholds_mA(library, b, chance), criteria, *measured) for b in bodies),
        bodies=tuple(bodies),
        seed=seed,
        perception_mA=perception_mA,
        twitch_mA=twitch_mA,
    )


def _scaled(
    thresholds: Mapping[Key, Array],
    criteria: Mapping[str, Criterion],
    perception_mA: float | None,
    twitch_mA: float | None,
) -> dict[Key, Array]:
    """Scale the fibres of a body so that it feels and twitches where the person does."""
    skin = motor = 1.0
    if perception_mA is not None:
        skin = perception_mA / event_mA(thresholds, criteria["tingling"])[0]
    if twitch_mA is not None:
        motor = twitch_mA / event_mA(thresholds, criteria["twitch"])[0]
    return {k: t * (motor if k[0] == "A-alpha" else skin) for k, t in thresholds.items()}


def perceived_intensity(recruited_share: Array, rate_hz: float, *, threshold_share: float = 0.10) -> Array:
    """How strong the tingling is, relative to that of twice the recruitment at threshold.

    S = max(0, R / R0 - 1) ** n with R the recruited share weighted by the rate, R0 that at the perception threshold.
    The rate weighs by the slope of the line of equal sensation between pulse width and rate; fading over minutes is
    left out.

    Parameters
    ----------
    recruited_share : array
        Share of A-beta fibres that fire, 0 to 1.
    rate_hz : float
        Pulse rate, above 0; beyond 1 to 100 Hz the weight stays at its end value.
    threshold_share : float
        Share at which tingling begins.

    Raises
    ------
    ParameterError
        If the rate or the threshold share is not above 0.

    Examples
    --------
    >>> perceived_intensity(np.array([0.05, 0.1, 0.2]), 100.0).round(3).tolist()
    [0.0, 0.0, 1.0]
    """
    if not (rate_hz > 0 and threshold_share > 0):
        raise ParameterError(f"rate_hz is {rate_hz} Hz and threshold_share {threshold_share}; both must be above 0.")
    p = row("sensation.rate")
    weight = (np.clip(rate_hz, p["smallest_hz"], p["largest_hz"]) / p["reference_hz"]) ** p["slope"]
    exponent = row("sensation.growth")["exponent"]
    return np.maximum(0.0, np.asarray(recruited_share) / threshold_share - 1.0) ** exponent * weight
