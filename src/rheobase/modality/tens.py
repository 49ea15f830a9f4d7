"""Transcutaneous electrical nerve stimulation: tingling against pain."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import final

from rheobase.modality.base import Modality, Settings, settings_from

_ROWS = ("modalities.tens_pulse", "modalities.tens_pads", "modalities.tens_session", "modalities.tens_start")


@final
class Tens(Modality):
    """Conventional TENS: strong but comfortable tingling, no twitch, no pain.

    Examples
    --------
    >>> tens = Tens()
    >>> tens.settings.rate_hz, tens.settings.session_min
    (80.0, 30.0)
    >>> [name for name, role in tens.events.items() if role == "wanted"]
    ['tingling']
    """

    __slots__ = ()
    id = "tens"
    plain = "transcutaneous electrical nerve stimulation"

    @property
    def settings(self) -> Settings:
        """Usual settings, from the modalities table."""
        return settings_from(_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Tingling is wanted; the first twitch and sharp pain are limits."""
        return MappingProxyType({"tingling": "wanted", "twitch": "limit", "pain": "limit"})
