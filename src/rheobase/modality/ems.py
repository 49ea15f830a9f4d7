"""Electrical muscle stimulation: strong contractions to condition a muscle that obeys the will."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from rheobase.modality.base import MUSCLE_EVENTS, Modality, Settings, settings_from

_ROWS = ("modalities.ems_pulse", "modalities.ems_pads", "modalities.ems_session")


@final
class Ems(Modality):
    """Conditioning: as much torque as is tolerated.

    Examples
    --------
    >>> Ems().settings.rate_hz
    75.0
    """

    __slots__ = ()
    id = "ems"
    plain = "electrical muscle stimulation"

    @property
    def settings(self) -> Settings:
        """Usual settings, from the modalities table."""
        return settings_from(_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Contraction is wanted; pain is the limit."""
        return MUSCLE_EVENTS
