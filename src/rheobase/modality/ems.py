"""Electrical muscle stimulation: strong contractions to condition a muscle that obeys the will."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import final

from rheobase.modality.base import Modality, Settings
from rheobase.tables import row

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
        values = {key: float(value) for name in _ROWS for key, value in row(name).items()}
        return Settings(**values, rows=_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Contraction is wanted; pain is the limit."""
        return MappingProxyType({"twitch": "wanted", "pain": "limit"})
