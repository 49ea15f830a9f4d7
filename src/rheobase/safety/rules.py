"""Safety rules: the built-in ones, and those that plug-ins add. A rule can be added, never removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rheobase import registry
from rheobase.errors import ParameterError
from rheobase.safety.doses import TEST_LOAD_OHM
from rheobase.safety.verdicts import Verdict, assess

if TYPE_CHECKING:
    from rheobase.montage import Montage
    from rheobase.pulse import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulatorLimits:
    """What one stimulator can put out.

    Parameters
    ----------
    name : str
        The device.
    amplitude_max_mA, rate_max_hz : float
        Highest current and rate, above 0.
    width_min_us, width_max_us : float
        Shortest and longest phase, above 0.
    source : str
        Where these figures stand.

    Raises
    ------
    ParameterError
        If a figure is not above 0.

    Examples
    --------
    >>> StimulatorLimits(name="bench unit", amplitude_max_mA=100, rate_max_hz=150, width_min_us=50, width_max_us=400,
    ...                  source="its manual").amplitude_max_mA
    100
    """

    name: str
    amplitude_max_mA: float
    rate_max_hz: float
    width_min_us: float
    width_max_us: float
    source: str

    def __post_init__(self) -> None:
        for key in ("amplitude_max_mA", "rate_max_hz", "width_min_us", "width_max_us"):
            if not getattr(self, key) > 0:
                raise ParameterError(f"Stimulator '{self.name}': {key} is {getattr(self, key)}; it must be above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCase:
    """All that a safety rule may look at.

    Parameters
    ----------
    programme : Programme
        What is to be emitted.
    montage : Montage
        Through which pads and output.
    modality : str
        Kind of stimulation.
    device : StimulatorLimits or None
        The stimulator, where one is named.
    patient : object or None
        The person, where one is named; only rules that screen persons know what it holds.
    load_ohm : float
        Load from pad to pad.

    Examples
    --------
    >>> SafetyCase(programme=None, montage=None, modality="tens").load_ohm
    500.0
    """

    programme: Programme
    montage: Montage
    modality: str
    device: StimulatorLimits | None = None
    patient: Any = None
    load_ohm: float = TEST_LOAD_OHM


Rule = Callable[[SafetyCase], Iterable[Verdict]]
"""A safety rule looks at a case and gives verdicts; an ``exceeded`` among them refuses the programme.

A rule that screens persons says so with an attribute ``screens_patient = True``.
"""


def output_limits(case: SafetyCase) -> tuple[Verdict, ...]:
    """The limits table and the compliance of the output.

    Parameters
    ----------
    case : SafetyCase

    Returns
    -------
    tuple of Verdict

    Examples
    --------
    >>> output_limits.__name__
    'output_limits'
    """
    return assess(case.programme, case.montage, case.modality, case.load_ohm)


def stimulator_range(case: SafetyCase) -> tuple[Verdict, ...]:
    """What the named stimulator can put out; nothing where none is named.

    Parameters
    ----------
    case : SafetyCase

    Returns
    -------
    tuple of Verdict

    Examples
    --------
    >>> stimulator_range(SafetyCase(programme=None, montage=None, modality="tens"))
    ()
    """
    device = case.device
    if device is None:
        return ()
    train = case.programme.train
    width_us = train.pulse.phase_width_us
    wanted = (
        ("amplitude_mA", "amplitude", case.programme.amplitude_mA, 0.0, device.amplitude_max_mA, "mA"),
        ("phase_width_us", "width of one phase", width_us, device.width_min_us, device.width_max_us, "us"),
        ("rate_hz", "pulse rate", train.rate_hz, 0.0, device.rate_max_hz, "Hz"),
    )
    return tuple(
        Verdict(
            quantity=quantity,
            plain=plain,
            value=value,
            limit=low if value < low else high,
            unit=unit,
            bound="min" if value < low else "max",
            verdict="within" if low <= value <= high else "exceeded",
            source=f"the range {low:.4g} to {high:.4g} {unit} of {device.name} ({device.source})",
            confidence="given",
            remedy="Choose a value in that range, or another stimulator.",
        )
        for quantity, plain, value, low, high, unit in wanted
    )


BUILT_IN: tuple[Rule, ...] = (output_limits, stimulator_range)
"""Wired here as well as announced as plug-ins, so that no installation can lose them."""


def all_rules() -> tuple[Rule, ...]:
    """The built-in rules, then those that plug-ins add.

    Returns
    -------
    tuple of callable

    Raises
    ------
    RheobaseError
        If a plug-in's rule cannot be loaded: a safety rule that is installed but lost must not pass unseen.

    Examples
    --------
    >>> all_rules()[0].__name__
    'output_limits'
    """
    added = (registry.get("safety_rules", name) for name in registry.members("safety_rules"))
    return (*BUILT_IN, *(rule for rule in added if rule not in BUILT_IN))
