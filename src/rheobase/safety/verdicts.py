"""Judge doses against limits: one verdict a limit, and one over all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rheobase.errors import ParameterError
from rheobase.safety.doses import TEST_LOAD_OHM, Doses, doses
from rheobase.safety.limits import CONFIRMED, Limit, limits_for

if TYPE_CHECKING:
    from rheobase.montage import Montage
    from rheobase.pulse import Programme

VERDICTS = ("within", "attention", "exceeded", "not applicable")
_BOUNDS = {"max": "at most", "min": "at least", "attention": "attention above"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one limit says of one programme.

    Parameters
    ----------
    quantity, plain : str
        Identifier and plain name of what is judged.
    value, limit : float
        The programme's figure and the limit, both in `unit`.
    unit : str
        Unit of both; empty for a pure number.
    bound : str
        ``max``, ``min`` or ``attention``.
    verdict : str
        ``within``, ``attention``, ``exceeded`` or ``not applicable``.
    source : str
        Whose limit it is.
    confidence : str
        ``read`` or ``computed``: confirmed. ``recalled`` or ``judgement``: applied all the same, but unconfirmed.
        ``given``: set by the montage or the device itself.
    remedy : str
        What to do where the limit is passed.
    row : str
        Table row of the limit; empty where it comes from elsewhere.

    Raises
    ------
    ParameterError
        If bound or verdict is none of the above.

    Examples
    --------
    >>> v = Verdict(quantity="rms_mA", plain="r.m.s. current", value=60.0, limit=50.0, unit="mA", bound="max",
    ...             verdict="exceeded", source="a standard", confidence="recalled", remedy="Lower it.", row="")
    >>> v.text
    'r.m.s. current is 60 mA; at most 50 mA by a standard (unconfirmed: recalled): exceeded. Lower it.'
    """

    quantity: str
    plain: str
    value: float
    limit: float
    unit: str
    bound: str
    verdict: str
    source: str
    confidence: str
    remedy: str
    row: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ParameterError(f"A verdict cannot be '{self.verdict}'; it is one of {', '.join(VERDICTS)}.")
        if self.bound not in _BOUNDS:
            raise ParameterError(f"A bound cannot be '{self.bound}'; it is one of {', '.join(_BOUNDS)}.")

    @property
    def confirmed(self) -> bool:
        """Whether a positive overall verdict may rest on this one."""
        return self.confidence in CONFIRMED

    @property
    def text(self) -> str:
        """The verdict as a sentence: figure, limit, source, and what to do."""
        doubt = f" (unconfirmed: {self.confidence})" if self.confidence in ("recalled", "judgement") else ""
        if self.verdict == "not applicable":
            return f"{self.plain}: {self.source}{doubt} does not apply to this waveform or rate."
        said = (
            f"{self.plain} is {_figure(self.value, self.unit)}; {_BOUNDS[self.bound]} {_figure(self.limit, self.unit)}"
            f" by {self.source}{doubt}: {self.verdict}."
        )
        return f"{said} {self.remedy}" if self.verdict in ("attention", "exceeded") else said


def _figure(value: float, unit: str) -> str:
    return f"{value:.4g} {unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The verdict over all limits.

    Parameters
    ----------
    verdict : str
        ``within``, ``attention`` or ``exceeded``; ``unconfirmed`` where nothing is passed but every limit that was met
        is only recalled or chosen.
    text : str
        One plain sentence.
    rests_on : tuple of str
        Table rows of the confirmed limits that are met.

    Examples
    --------
    >>> overall(()).verdict
    'unconfirmed'
    """

    verdict: str
    text: str
    rests_on: tuple[str, ...]


def overall(verdicts: Sequence[Verdict]) -> Overall:
    """Sum up verdicts.

    Exceeding any limit, confirmed or not, is enough for ``exceeded``. To be ``within``, at least one confirmed hard
    limit must be among those met: numbers that are only recalled never make an output safe.

    Parameters
    ----------
    verdicts : sequence of Verdict

    Returns
    -------
    Overall

    Examples
    --------
    >>> overall(()).rests_on
    ()
    """
    met = [v for v in verdicts if v.bound != "attention" and v.verdict == "within"]
    rests_on = tuple(v.row or v.quantity for v in met if v.confirmed)
    doubtful = sum(not v.confirmed and v.confidence != "given" for v in met)
    passed = [v for v in verdicts if v.verdict == "exceeded"]
    watch = [v for v in verdicts if v.verdict == "attention"]
    tail = f" {doubtful} of the limits met are unconfirmed." if doubtful else ""
    if passed:
        return Overall(verdict="exceeded", text=" ".join(v.text for v in passed), rests_on=rests_on)
    if not rests_on:
        text = "No limit is passed, but none that was met is confirmed: this does not count as within limits."
        return Overall(verdict="unconfirmed", text=text, rests_on=())
    if watch:
        text = "Within every hard limit, with attention: " + " ".join(v.text for v in watch) + tail
        return Overall(verdict="attention", text=text, rests_on=rests_on)
    return Overall(verdict="within", text=f"Within all {len(met)} limits that apply.{tail}", rests_on=rests_on)


def assess(
    programme: Programme, montage: Montage, modality: str, load_ohm: float = TEST_LOAD_OHM
) -> tuple[Verdict, ...]:
    """Judge a programme against every output limit of its modality and the compliance of the output.

    Parameters
    ----------
    programme : Programme
        What is to be emitted.
    montage : Montage
        Through which pads and output.
    modality : str
        Kind of stimulation, such as ``"tens"``.
    load_ohm : float
        Load from pad to pad, above 0, for the compliance of the output. Limits on energy and power use the test load of
        their own table row, so that a small load hides nothing.

    Returns
    -------
    tuple of Verdict
        One for each limit, in the order of the table, then the compliance.

    Raises
    ------
    ParameterError
        If the modality has no limits, or a dose is not a finite number.
    """
    at_load = doses(programme, montage, load_ohm)
    judged = [_judge(limit, doses(programme, montage, limit.load_ohm)) for limit in limits_for(modality)]
    return (*judged, _compliance(at_load))


def _judge(limit: Limit, dose: Doses) -> Verdict:
    passed = "exceeded" if limit.bound == "max" else "attention"
    respected = "within" if limit.holds(dose) else passed
    return Verdict(
        quantity=limit.quantity,
        plain=limit.plain,
        value=getattr(dose, limit.quantity),
        limit=limit.bound_at(dose),
        unit=limit.unit,
        bound=limit.bound,
        verdict=respected if limit.applies(dose) else "not applicable",
        source=limit.source_text,
        confidence=limit.row.confidence,
        remedy=str(limit.row["remedy"]),
        row=limit.row.key,
    )


def _compliance(dose: Doses) -> Verdict:
    return Verdict(
        quantity="peak_V",
        plain=f"voltage needed across {dose.load_ohm:.4g} ohm",
        value=dose.peak_V,
        limit=dose.open_circuit_V,
        unit="V",
        bound="max",
        verdict="within" if dose.peak_V <= dose.open_circuit_V else "exceeded",
        source="the compliance of this output",
        confidence="given",
        remedy="Lower the amplitude, use larger or better coupled pads, or an output of higher compliance.",
    )
