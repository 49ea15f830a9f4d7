"""What every kind of stimulation is: usual settings, and the events that matter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rheobase.errors import ParameterError
from rheobase.tables import row


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Usual settings of one kind of stimulation: a start, to be fitted to the person.

    Parameters
    ----------
    width_us : float
        Width of one phase, above 0.
    rate_hz, rate_min_hz, rate_max_hz : float
        Usual pulse rate, and its usual range, above 0.
    pad_length_mm, pad_width_mm : float
        Usual pad, above 0.
    start_mA : float
        Amplitude at which a session starts, 0 or above.
    ramp_up_s, ramp_down_s : float
        Rise and fall, 0 or above.
    session_min : float
        Usual length of a session, above 0.
    rows : tuple of str
        Table rows these come from.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> from rheobase.modality import Tens
    >>> Tens().settings.width_us
    200.0
    """

    width_us: float
    rate_hz: float
    rate_min_hz: float
    rate_max_hz: float
    pad_length_mm: float
    pad_width_mm: float
    start_mA: float
    ramp_up_s: float
    ramp_down_s: float
    session_min: float
    rows: tuple[str, ...]

    def __post_init__(self) -> None:
        for key in ("width_us", "rate_min_hz", "pad_length_mm", "pad_width_mm", "session_min"):
            if not getattr(self, key) > 0:
                raise ParameterError(f"{key} is {getattr(self, key)}; it must be above 0.")
        for key in ("start_mA", "ramp_up_s", "ramp_down_s"):
            if not getattr(self, key) >= 0:
                raise ParameterError(f"{key} is {getattr(self, key)}; it must be 0 or above.")
        if not self.rate_min_hz <= self.rate_hz <= self.rate_max_hz:
            raise ParameterError(f"rate_hz is {self.rate_hz}; usual are {self.rate_min_hz} to {self.rate_max_hz} Hz.")


def settings_from(rows: tuple[str, ...]) -> Settings:
    """Settings whose values stand in rows of the modalities table.

    Parameters
    ----------
    rows : tuple of str
        Keys of the rows; together they hold every value once.

    Examples
    --------
    >>> settings_from(("modalities.nmes_pulse", "modalities.nmes_pads", "modalities.nmes_session")).width_us
    300.0
    """
    values = {key: float(value) for name in rows for key, value in row(name).items()}
    return Settings(**values, rows=rows)


MUSCLE_EVENTS: Mapping[str, str] = MappingProxyType({"twitch": "wanted", "pain": "limit"})
"""A contraction or a movement is wanted, sharp pain is a limit; tingling comes with it."""


class Modality(ABC):
    """A kind of stimulation. One final class a member, in a file of its own, announced as a plug-in."""

    __slots__ = ()
    id: str
    plain: str

    @property
    @abstractmethod
    def settings(self) -> Settings:
        """Usual settings, from the modalities table."""

    @property
    @abstractmethod
    def events(self) -> Mapping[str, str]:
        """Events that matter, by name: ``wanted`` (the aim) or ``limit`` (stay below it)."""
