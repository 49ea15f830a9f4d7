"""Functional electrical stimulation: a movement that is wanted, when it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from rheobase.modality.base import MUSCLE_EVENTS, Modality, Settings, settings_from

_ROWS = ("modalities.fes_pulse", "modalities.fes_pads", "modalities.fes_session")


@final
class Fes(Modality):
    """FES of a drop foot: the muscle must move the joint; pain is a limit.

    Examples
    --------
    >>> Fes().settings.rate_hz, dict(Fes().events)["twitch"]
    (40.0, 'wanted')
    """

    __slots__ = ()
    id = "fes"
    plain = "functional electrical stimulation"

    @property
    def settings(self) -> Settings:
        """Usual settings, from the modalities table."""
        return settings_from(_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Movement is wanted, sharp pain is a limit; tingling comes with it."""
        return MUSCLE_EVENTS
