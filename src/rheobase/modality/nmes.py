"""Neuromuscular electrical stimulation: contractions that restore strength or keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from rheobase.modality.base import MUSCLE_EVENTS, Modality, Settings, settings_from

_ROWS = ("modalities.nmes_pulse", "modalities.nmes_pads", "modalities.nmes_session")


@final
class Nmes(Modality):
    """Restoring strength: the evoked torque is the dose.

    Examples
    --------
    >>> Nmes().settings.width_us
    300.0
    """

    __slots__ = ()
    id = "nmes"
    plain = "neuromuscular electrical stimulation"

    @property
    def settings(self) -> Settings:
        """Usual settings, from the modalities table."""
        return settings_from(_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Contraction is wanted; pain is the limit."""
        return MUSCLE_EVENTS
