"""How far up one may go: the highest amplitude that passes no hard limit, and which limit ends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rheobase.errors import LimitExceeded
from rheobase.safety.doses import TEST_LOAD_OHM
from rheobase.safety.verdicts import Verdict, assess

if TYPE_CHECKING:
    from rheobase.montage import Montage
    from rheobase.pulse import Programme

_STEPS = 60  # halvings: far below any amplitude step of a stimulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The highest amplitude of a programme.

    Parameters
    ----------
    amplitude_mA : float
        Highest amplitude that passes no hard limit, 0 or above.
    ends_at : Verdict
        The limit that ends it, judged just above that amplitude.

    Examples
    --------
    >>> Ceiling.__name__
    'Ceiling'
    """

    amplitude_mA: float
    ends_at: Verdict


def ceiling(programme: Programme, montage: Montage, modality: str, load_ohm: float = TEST_LOAD_OHM) -> Ceiling:
    """Find the highest amplitude that passes no hard limit, all else as in the programme.

    Parameters
    ----------
    programme : Programme
        What is to be emitted; its own amplitude does not matter.
    montage : Montage
        Through which pads and output.
    modality : str
        Kind of stimulation, such as ``"tens"``.
    load_ohm : float
        Load from pad to pad, above 0, for the compliance of the output.

    Returns
    -------
    Ceiling

    Raises
    ------
    LimitExceeded
        If a limit is passed already without any current.
    ParameterError
        If the modality has no limits.

    Examples
    --------
    >>> from rheobase.electrode import Output, Pad
    >>> from rheobase.montage import Montage
    >>> from rheobase.pulse import Programme, biphasic, train
    >>> both = tuple(Pad(name=n, width_mm=50, length_mm=50, share=s) for n, s in (("a", 1), ("b", -1)))
    >>> pads = Montage(pads=both, output=Output(compliance_V=120))
    >>> pulses = train(biphasic(width_us=200), rate_hz=80)
    >>> top = ceiling(Programme(train=pulses, amplitude_mA=20, duration_s=1800, ramp_up_s=2), pads, "tens")
    >>> round(top.amplitude_mA, 3), top.ends_at.quantity
    (128.0, 'charge_per_phase_uC')
    """

    def passed(amplitude_mA: float) -> list[Verdict]:
        judged = assess(replace(programme, amplitude_mA=amplitude_mA), montage, modality, load_ohm)
        return [v for v in judged if v.verdict == "exceeded"]

    if at_rest := passed(0.0):
        raise LimitExceeded(" ".join(v.text for v in at_rest))
    low_mA, high_mA = 0.0, 1.0
    # Compliance ends every search: the voltage needed grows with the current.
    while not passed(high_mA):
        low_mA, high_mA = high_mA, high_mA * 2
    for _ in range(_STEPS):
        middle_mA = (low_mA + high_mA) / 2
        low_mA, high_mA = (low_mA, middle_mA) if passed(middle_mA) else (middle_mA, high_mA)
    return Ceiling(amplitude_mA=low_mA, ends_at=passed(high_mA)[0])
