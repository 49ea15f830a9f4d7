"""Makers of medium-frequency pulses: sine carriers, tone bursts and beats.

A continuous current is a short pulse of whole cycles that repeats without a pause: see
:func:`~rheobase.pulse.continuous`.
"""

from __future__ import annotations

from dataclasses import replace

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero
from rheobase.pulse.shapes import sign_of
from rheobase.pulse.sines import ModulatedSine, Sine
from rheobase.pulse.waveform import Pulse

_CARRIER = "Give the frequency of the carrier, e.g. carrier_hz=4000."
_LENGTH = "Give the length, e.g. duration_us=10000."


def sine_carrier(carrier_hz: float, duration_us: float, leading: str = "cathodic") -> Pulse:
    """A sine from its zero on.

    Parameters
    ----------
    carrier_hz : float
        Frequency, above 0.
    duration_us : float
        Length, above 0; whole cycles leave no charge behind.
    leading : {"cathodic", "anodic"}
        Direction of the first half wave at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a value is not above 0 or `leading` is unknown.

    Examples
    --------
    >>> round(sine_carrier(4000, 250).charge_per_phase_uC(10), 4)
    0.7958
    """
    sign = sign_of(leading)
    above_zero("carrier_hz", carrier_hz, "Hz", _CARRIER)
    above_zero("duration_us", duration_us, "us", _LENGTH)
    piece = Sine(duration_us=duration_us, frequency_hz=carrier_hz)
    # Less than a quarter wave does not reach its crest: what there is of it is brought to a peak of 1.
    piece = replace(piece, relative=sign / piece.peak)
    return Pulse(name=f"sine {carrier_hz:g} Hz, {leading} first", pieces=(piece,))


def tone_burst(
    carrier_hz: float, cycles: float | None = None, duration_us: float | None = None, leading: str = "cathodic"
) -> Pulse:
    """A burst of a sine carrier, its length in cycles or in time.

    Parameters
    ----------
    carrier_hz : float
        Frequency, above 0.
    cycles : float, optional
        Length in cycles, above 0; a whole number leaves no charge behind.
    duration_us : float, optional
        Length in time, above 0; give one of the two.
    leading : {"cathodic", "anodic"}
        Direction of the first half wave at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a value is not above 0, or not exactly one length is given.

    Examples
    --------
    >>> burst = tone_burst(2500, cycles=25)
    >>> burst.duration_us, burst.phase_width_us, burst.net_charge_uC(50)
    (10000.0, 200.0, 0.0)
    """
    if (cycles is None) == (duration_us is None):
        raise ParameterError(
            "A tone burst takes either cycles or duration_us (us). Give one of the two, e.g. cycles=25."
        )
    above_zero("carrier_hz", carrier_hz, "Hz", _CARRIER)
    if duration_us is None:
        in_cycles = above_zero("cycles", cycles, "", "Give the length in cycles of the carrier, e.g. cycles=25.")
        duration_us = in_cycles * 1e6 / carrier_hz
    pulse = sine_carrier(carrier_hz, duration_us, leading)
    return replace(pulse, name=f"tone burst {carrier_hz:g} Hz for {duration_us:g} us, {leading} first")


def amplitude_modulated(
    carrier_hz: float, beat_hz: float, depth: float, duration_us: float, leading: str = "cathodic"
) -> Pulse:
    """A carrier that swells and fades with a beat, as premodulated interferential current does.

    Its height follows ``1 - depth (1 + cos(2 pi beat t)) / 2``; it begins where the beat is weakest.

    Parameters
    ----------
    carrier_hz : float
        Frequency of the carrier, above 0.
    beat_hz : float
        Frequency of the beat, above 0 and at most half the carrier's.
    depth : float
        How far it fades between beats: 0 not at all, 1 to zero.
    duration_us : float
        Length, at least half a beat, in whose middle the amplitude is reached; one beat is ``1e6 / beat_hz``.
    leading : {"cathodic", "anodic"}
        Direction of the first half wave at the active contact.

    Returns
    -------
    Pulse

    Raises
    ------
    ParameterError
        If a value lies outside its range or `leading` is unknown.

    Examples
    --------
    >>> beat = amplitude_modulated(4000, beat_hz=100, depth=1, duration_us=10_000)
    >>> round(beat.peak, 9), beat.net_charge_uC(20)
    (1.0, 0.0)
    """
    sign = sign_of(leading)
    piece = ModulatedSine(duration_us=duration_us, carrier_hz=carrier_hz, beat_hz=beat_hz, depth=depth)
    half_us = 0.5e6 / beat_hz
    if duration_us < half_us * (1 - 1e-9):
        raise ParameterError(
            f"duration_us is {duration_us:g} us; it must be at least half a beat, {half_us:g} us at {beat_hz:g} Hz, or"
            f" the amplitude is never reached. Give whole beats, e.g. duration_us={2 * half_us:g}."
        )
    piece = replace(piece, relative=sign / piece.peak)
    return Pulse(name=f"{carrier_hz:g} Hz with a beat of {beat_hz:g} Hz, {leading} first", pieces=(piece,))
