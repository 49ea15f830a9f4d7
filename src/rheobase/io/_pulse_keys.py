"""Which keys belong to which shape of pulse, and whether a pulse fits into its period."""

from __future__ import annotations

from collections.abc import Iterator

from rheobase.io._models import Pulse

# Shape -> keys it must have, keys it may have. "leading" and a gap of 0 go with every shape.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "monophasic": (("width_us",), ()),
    "biphasic": (("width_us",), ("gap_us", "ratio", "balanced", "second_width_us", "second_relative")),
    "exponential": (("width_us", "time_constant_us"), ()),
    "twin_peak": (("width_us", "time_constant_us"), ("gap_us",)),
    "tone_burst": (("carrier_hz",), ("cycles", "duration_us")),
    "csv": (("file",), ()),
}
_ROUNDING = 1e-9

Complaint = tuple[tuple[str, str], str]


def shape_keys(shape: str) -> tuple[str, ...]:
    """Keys that mean something for a shape, besides ``leading``.

    Examples
    --------
    >>> shape_keys("monophasic")
    ('width_us',)
    """
    must, may = _KEYS[shape]
    return must + may


def keys_of_other_shapes(shape: str) -> tuple[str, ...]:
    """Keys that mean nothing for a shape; none for a shape that is not known.

    Examples
    --------
    >>> "file" in keys_of_other_shapes("monophasic")
    True
    """
    if shape not in _KEYS:
        return ()
    return tuple(k for k in Pulse.model_fields if k not in ("shape", "leading", *shape_keys(shape)))


def pulse_complaints(pulse: Pulse, rate_hz: float) -> Iterator[Complaint]:
    """What is wrong with a pulse, as key path and message."""
    must, _ = _KEYS[pulse.shape]
    missing = [name for name in must if getattr(pulse, name) is None]
    for name in missing:
        about = Pulse.model_fields[name].description
        yield ("pulse", name), f"pulse.{name} is missing; the shape '{pulse.shape}' needs it. ({about}.)"
    for name, value in pulse:
        if name in ("shape", "leading", *shape_keys(pulse.shape)) or value == Pulse.model_fields[name].default:
            continue
        yield ("pulse", name), f"pulse.{name}: the shape '{pulse.shape}' has no {name}. Leave it out."
    if pulse.shape == "tone_burst" and (pulse.cycles is None) == (pulse.duration_us is None):
        yield ("pulse", "cycles"), "pulse.cycles: a tone burst takes either cycles or duration_us. Give one of the two."
    elif pulse.shape == "biphasic":
        yield from _second_phase(pulse)
    if not missing:
        yield from _period(pulse, rate_hz)


def _second_phase(pulse: Pulse) -> Iterator[Complaint]:
    for name in ("second_width_us", "second_relative"):
        value = getattr(pulse, name)
        if pulse.balanced and value is not None:
            yield (
                ("pulse", name),
                f"pulse.{name}: a balanced pulse has its second phase from ratio. Set balanced = false.",
            )
        if not pulse.balanced and value is None:
            yield ("pulse", "balanced"), f"pulse.balanced is false, so pulse.{name} must be given."


def _period(pulse: Pulse, rate_hz: float) -> Iterator[Complaint]:
    long_us, period_us = _length_us(pulse), 1e6 / rate_hz
    if long_us <= period_us * (1 + _ROUNDING):
        return
    key = next(k for k in ("width_us", "duration_us", "cycles") if getattr(pulse, k) is not None)
    yield (
        ("pulse", key),
        f"pulse.{key} is {getattr(pulse, key):g}: the pulse lasts {long_us:g} us, longer than its period of"
        f" {period_us:g} us"
        f" at {rate_hz:g} Hz. Shorten the pulse, or lower train.rate_hz to at most {1e6 / long_us:.4g} Hz.",
    )


def _length_us(p: Pulse) -> float:
    width_us = p.width_us or 0.0
    if p.shape == "biphasic":
        return width_us + p.gap_us + (width_us * p.ratio if p.balanced else p.second_width_us or 0.0)
    if p.shape == "twin_peak":
        return 2 * width_us + p.gap_us
    if p.shape == "tone_burst":
        return p.duration_us if p.duration_us is not None else 1e6 * (p.cycles or 0.0) / (p.carrier_hz or 1.0)
    return width_us
