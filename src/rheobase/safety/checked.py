"""The gate: only what passed every safety rule becomes a CheckedProgramme, and only that can be played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, final
from weakref import WeakKeyDictionary

from rheobase.errors import LimitExceeded, ParameterError
from rheobase.safety.doses import TEST_LOAD_OHM
from rheobase.safety.rules import SafetyCase, StimulatorLimits, all_rules
from rheobase.safety.verdicts import Overall, Verdict, overall

if TYPE_CHECKING:
    from rheobase.montage import Montage
    from rheobase.pulse import Programme

_REFUSAL = "A CheckedProgramme is made by rheobase.safety.check() only. Check the programme again instead of {}."


@dataclass(frozen=True, slots=True)
class _Passed:
    case: SafetyCase
    verdicts: tuple[Verdict, ...]
    overall: Overall


# What was checked is kept here and not in the object, so that an object made or altered by any other way holds nothing.
_PASSED: WeakKeyDictionary[CheckedProgramme, _Passed] = WeakKeyDictionary()


@final
class CheckedProgramme:
    """A programme that passed every safety rule, with its verdicts.

    It cannot be constructed, altered, pickled or derived from; a copy of it is the same object.

    Raises
    ------
    LimitExceeded
        On any attempt to make one without `check`, or to read one that `check` did not make.

    Examples
    --------
    >>> CheckedProgramme()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.LimitExceeded: A CheckedProgramme is made by rheobase.safety.check() only. ...
    """

    __slots__ = ("__weakref__",)

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:  # noqa: D102
        raise LimitExceeded(_REFUSAL.format("constructing one"))

    def __init_subclass__(cls, **_: Any) -> NoReturn:
        raise LimitExceeded(_REFUSAL.format("deriving a class from it"))

    @property
    def programme(self) -> Programme:
        """What may be emitted."""
        return _passed(self).case.programme

    @property
    def montage(self) -> Montage:
        """Through which pads and output; it holds for no other."""
        return _passed(self).case.montage

    @property
    def modality(self) -> str:
        """Kind of stimulation that it was checked as."""
        return _passed(self).case.modality

    @property
    def device(self) -> StimulatorLimits | None:
        """The stimulator that it was checked for, where one was named."""
        return _passed(self).case.device

    @property
    def patient(self) -> Any:
        """The person it was checked for; None means that no person was screened."""
        return _passed(self).case.patient

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict, none of them ``exceeded``."""
        return _passed(self).verdicts

    @property
    def overall(self) -> Overall:
        """The verdict over all."""
        return _passed(self).overall

    def __copy__(self) -> CheckedProgramme:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> CheckedProgramme:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise LimitExceeded(_REFUSAL.format("pickling or unpickling one"))

    def __repr__(self) -> str:
        return f"<CheckedProgramme: {self.modality}, {self.overall.verdict}>"


def _passed(checked: CheckedProgramme) -> _Passed:
    found = _PASSED.get(checked)
    if found is None:
        raise LimitExceeded(_REFUSAL.format("using one from elsewhere"))
    return found


def require_checked(candidate: object) -> CheckedProgramme:
    """Pass on a genuine CheckedProgramme and refuse anything else; a device calls this before it emits.

    Parameters
    ----------
    candidate : object

    Returns
    -------
    CheckedProgramme
        The same object.

    Raises
    ------
    LimitExceeded
        If it was not made by `check`.

    Examples
    --------
    >>> require_checked("80 Hz")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rheobase.errors.LimitExceeded: Only a CheckedProgramme can be emitted, not a str. ...
    """
    if type(candidate) is not CheckedProgramme:
        raise LimitExceeded(
            f"Only a CheckedProgramme can be emitted, not a {type(candidate).__name__}."
            " Pass the programme through rheobase.safety.check() first."
        )
    _passed(candidate)
    return candidate


def check(
    programme: Programme,
    device: StimulatorLimits | None = None,
    montage: Montage | None = None,
    patient: Any = None,
    modality: str = "tens",
    *,
    load_ohm: float = TEST_LOAD_OHM,
) -> CheckedProgramme:
    """Put a programme through every safety rule. There is no way around it and no flag that skips a rule.

    Parameters
    ----------
    programme : Programme
        What is to be emitted.
    device : StimulatorLimits, optional
        The stimulator, whose range is then checked too.
    montage : Montage
        Through which pads and output. Must be given: without pads no density can be judged.
    patient : object, optional
        The person. Refused unless an installed rule screens persons, so that a name never passes for a screening.
    modality : str
        Kind of stimulation, such as ``"tens"``; its limits apply.
    load_ohm : float
        Load from pad to pad, above 0, for the compliance of the output.

    Returns
    -------
    CheckedProgramme
        With all verdicts.

    Raises
    ------
    LimitExceeded
        If a limit is passed, or none that was met is confirmed. The message gives figure, limit, source and remedy.
    ParameterError
        If the montage is missing, the modality has no limits, a dose is not a finite number, or a person is given that
        nobody screens.
    """
    if montage is None:
        raise ParameterError("check() needs the montage: without pads no current density can be judged.")
    rules = all_rules()
    if patient is not None and not any(getattr(rule, "screens_patient", False) for rule in rules):
        raise ParameterError(
            "A patient was given, but no installed safety rule screens persons."
            " Leave patient out, or install a rule that screens."
        )
    case = SafetyCase(
        programme=programme, montage=montage, modality=modality, device=device, patient=patient, load_ohm=load_ohm
    )
    verdicts = tuple(verdict for rule in rules for verdict in rule(case))
    summary = overall(verdicts)
    if summary.verdict not in ("within", "attention"):
        raise LimitExceeded(summary.text)
    checked = object.__new__(CheckedProgramme)
    _PASSED[checked] = _Passed(case, verdicts, summary)
    return checked
