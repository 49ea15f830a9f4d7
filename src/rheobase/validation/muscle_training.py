"""Weeks of training and days of rest, beside trials."""

from __future__ import annotations

from collections.abc import Iterator

from rheobase.effect import Change, Dose, knee_replacement_gain_percent, rest_muscle, train_muscle
from rheobase.tables import row
from rheobase.validation._rows import RowDict, aside, saying

_USUAL_SHARE = 0.45  # in the middle of the evoked torques at which such trials are run


def training_rows() -> Iterator[RowDict]:
    """Every comparison of training and rest."""
    yield from _training()
    yield from _rest()


def _span(change: Change) -> str:
    return f"{change.median_percent:.0f} ({change.p5_percent:.0f} to {change.p95_percent:.0f})"


def _training() -> Iterator[RowDict]:
    p = row("published_muscle.sessions_a_week")
    few, many = (
        train_muscle(
            Dose(evoked_share=_USUAL_SHARE, on_s=10.0, contractions=10, sessions=p[f"{k}_sessions"], weeks=p["weeks"])
        ).strength.median_percent
        for k in ("few", "many")
    )
    order = p["order"] if many > few else "another"
    yield saying("two against three sessions a week", p, p["order"], order, kind="order")
    for name in ("young_men", "strong_gain"):
        trial = row(f"training.{name}")
        dose = Dose(evoked_share=_USUAL_SHARE, on_s=6.0, contractions=30, sessions=trial["sessions"],
                    weeks=trial["weeks"])  # fmt: skip
        ours = train_muscle(dose).strength
        yield aside(f"strength after {trial['sessions']} sessions", trial, trial["strength_percent"], _span(ours),
                    unit="%", note="The interval was made from this trial and another.")  # fmt: skip
    tka = row("training.knee_replacement")
    for k, weeks in enumerate((2.0, 6.0, 15.0, 54.0)):
        yield aside(f"standardised gain after knee replacement, {weeks:g} weeks", tka, tka["effect_ratio"][k],
                    f"{knee_replacement_gain_percent(weeks):.0f} % of strength",
                    note="A prior: the effect times the spread of healthy strength.")  # fmt: skip


def _rest() -> Iterator[RowDict]:
    cast, bed = row("published_muscle.cast"), row("published_muscle.bed_stimulated")
    plain, kept = rest_muscle(cast["days"]), rest_muscle(bed["days"], stimulated=True)
    for what, ours in (("strength", plain.strength), ("size", plain.size)):
        said = cast[f"{what}_percent"]
        inside = "inside" if ours.p5_percent <= -said <= ours.p95_percent else f"{-said:g} outside {_span(ours)}"
        note = f"Ours {_span(ours)} %; the law of losses was made from beds and this cast."
        yield saying(f"five days in a cast, {what} (-{said:g} %) in our interval", cast, "inside", inside,
                     kind="interval", note=note)  # fmt: skip
    size = bed["thickness"] if kept.size.median_percent > 0.5 * plain.size.median_percent else "lost"
    yield saying("five days in bed, stimulated: size", bed, bed["thickness"], size)
    fell = kept.strength.median_percent < 0.5 * plain.strength.median_percent
    yield saying("five days in bed, stimulated: strength", bed, bed["strength"],
                 bed["strength"] if fell else "is kept")  # fmt: skip
