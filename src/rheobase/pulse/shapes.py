"""Makers of rectangular and exponential pulses.

``leading="cathodic"`` makes the first phase negative, so that it excites at the active contact.
"""

from __future__ import annotations

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, not_negative, number, one_of, share
from rheobase.pulse.pieces import Constant, Decay, Piece
from rheobase.pulse.waveform import Pulse

_WIDTH = "Give the length of one phase, e.g. width_us=200."
_GAP = "Give the pause between the phases, or leave gap_us out for none."


def sign_of(leading: str) -> float:
    """Sign of the first phase.

    Parameters
    ----------
    leading : {"cathodic", "anodic"}
        Direction of the first phase at the active contact.

    Returns
    -------
    float
        -1 for cathodic, 1 for anodic.

    Raises
    ------
    ParameterError
        For any other word.

    Examples
    --------
    >>> sign_of("cathodic")
    -1.0
    """
    one_of("leading", leading, ("cathodic", "anodic"))
    return -1.0 if leading == "cathodic" else 1.0


def monophasic(width_us: float, leading: str = "cathodic") -> Pulse:
    """One rectangle.

    Parameters
    ----------
    width_us : float
        Length, above 0.
    leading : {"cathodic", "anodic"}
        Its direction at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If the width is not above 0 or `leading` is unknown.

    Examples
    --------
    >>> monophasic(200).net_charge_uC(10)
    -2.0
    """
    above_zero("width_us", width_us, "us", _WIDTH)
    piece = Constant(duration_us=width_us, relative=sign_of(leading))
    return Pulse(name=f"monophasic {width_us:g} us, {leading}", pieces=(piece,))


def biphasic(
    width_us: float,
    gap_us: float = 0.0,
    leading: str = "cathodic",
    ratio: float = 1.0,
    *,
    balanced: bool = True,
    second_width_us: float | None = None,
    second_relative: float | None = None,
) -> Pulse:
    """Two rectangles of opposite direction.

    Parameters
    ----------
    width_us : float
        Length of the first phase, above 0.
    gap_us : float
        Pause between the phases, 0 or above.
    leading : {"cathodic", "anodic"}
        Direction of the first phase at the active contact.
    ratio : float
        The second phase is `ratio` times longer and `ratio` times lower than the first, 1 or above; charge stays
        balanced.
    balanced : bool
        With ``False`` the second phase is what the next two say, and charge may be left over.
    second_width_us, second_relative : float, optional
        Length, above 0, and height, above 0 to 1, of the second phase; only with ``balanced=False``.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a value lies outside its range, or a second phase is given for a balanced pulse.

    Examples
    --------
    >>> [(p.start_us, p.duration_us, p.charge_uC_per_mA) for p in biphasic(100, gap_us=20, ratio=4).phases]
    [(0.0, 100.0, -0.1), (120.0, 400.0, 0.1)]
    >>> biphasic(200, balanced=False, second_width_us=200, second_relative=0.5).net_charge_uC(10)
    -1.0
    """
    above_zero("width_us", width_us, "us", _WIDTH)
    not_negative("gap_us", gap_us, "us", _GAP)
    if number("ratio", ratio, "", "Give 1 for a symmetric pulse.") < 1:
        raise ParameterError(
            f"ratio is {ratio:g}; it must be 1 or above: how many times longer the second phase is. The first phase is"
            " the higher one; to put the long one first, swap the pads."
        )
    back_us, back = width_us * ratio, 1 / ratio
    if balanced and (second_width_us is not None or second_relative is not None):
        raise ParameterError(
            "second_width_us and second_relative are given, but balanced is True and ratio decides the second phase."
            " Add balanced=False, or leave them out."
        )
    if not balanced:
        back_us, back = _second_phase(ratio, second_width_us, second_relative)
    sign = sign_of(leading)
    gap = (Constant(duration_us=gap_us, relative=0.0),) if gap_us else ()
    first, second = Constant(duration_us=width_us, relative=sign), Constant(duration_us=back_us, relative=-sign * back)
    kind = "symmetric" if back_us == width_us and back == 1 else "asymmetric"
    charge = "" if balanced else ", not balanced"
    return Pulse(name=f"{kind} biphasic {width_us:g} us, {leading} first{charge}", pieces=(first, *gap, second))


def _second_phase(ratio: float, width_us: float | None, relative: float | None) -> tuple[float, float]:
    if ratio != 1:
        raise ParameterError(
            f"ratio is {ratio:g} with balanced=False; ratio belongs to balanced pulses. Leave it out and give"
            " second_width_us and second_relative."
        )
    if width_us is None or relative is None:
        raise ParameterError("balanced is False; give second_width_us (us) and second_relative (above 0, at most 1).")
    width_us = above_zero("second_width_us", width_us, "us", "Give the length of the second phase.")
    return width_us, share("second_relative", relative, "The higher phase is the first: amplitude_mA is its height.")


def exponential(time_constant_us: float, width_us: float, leading: str = "cathodic") -> Pulse:
    """One spike that decays exponentially, cut at its width.

    Parameters
    ----------
    time_constant_us : float
        Time in which it falls to 1/e, above 0.
    width_us : float
        Length, above 0.
    leading : {"cathodic", "anodic"}
        Its direction at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a time is not above 0 or `leading` is unknown.

    Examples
    --------
    >>> round(exponential(50, 500).charge_per_phase_uC(20), 4)
    1.0
    """
    piece = _spike(time_constant_us, width_us, sign_of(leading))
    return Pulse(name=f"exponential {time_constant_us:g} us, {leading}", pieces=(piece,))


def twin_peak(time_constant_us: float, width_us: float, gap_us: float = 0.0, leading: str = "cathodic") -> Pulse:
    """Two exponential spikes of one direction close together: high-voltage pulsed current.

    The current at the peak is high and the charge small, since each spike is over in a few time constants. In a trial
    with 0.24 A, 154 us and 100 pulses a second the charge was 250 uC a second (Polak, Franek and Taradaj 2014,
    PMC3928985, give the family of settings): a time constant near 5.2 us, not a rectangle of 154 us.

    Parameters
    ----------
    time_constant_us : float
        Time in which each spike falls to 1/e, above 0.
    width_us : float
        Length of each spike, above 0.
    gap_us : float
        Pause at zero between the two, 0 or above.
    leading : {"cathodic", "anodic"}
        Direction of both at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a value lies outside its range or `leading` is unknown.

    Examples
    --------
    >>> round(twin_peak(5.2, width_us=77).charge_per_phase_uC(240), 2)
    2.5
    """
    spike = _spike(time_constant_us, width_us, sign_of(leading))
    not_negative("gap_us", gap_us, "us", "Give the pause between the peaks, or leave gap_us out for none.")
    gap: tuple[Piece, ...] = (Constant(duration_us=gap_us, relative=0.0),) if gap_us else ()
    return Pulse(name=f"twin peak {time_constant_us:g} us, {leading}", pieces=(spike, *gap, spike))


def _spike(time_constant_us: float, width_us: float, sign: float) -> Decay:
    above_zero("time_constant_us", time_constant_us, "us", "Give the time in which the spike falls to 1/e.")
    above_zero("width_us", width_us, "us", "Give the length of the spike, a few time constants.")
    return Decay(duration_us=width_us, time_constant_us=time_constant_us, relative=sign)
