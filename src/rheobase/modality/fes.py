"""Functional electrical stimulation: a movement that is wanted, when it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import final

from rheobase.modality.base import Modality, Settings
from rheobase.tables import row

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
        values = {key: float(value) for name in _ROWS for key, value in row(name).items()}
        return Settings(**values, rows=_ROWS)

    @property
    def events(self) -> Mapping[str, str]:
        """Movement is wanted, sharp pain is a limit; tingling comes with it."""
        return MappingProxyType({"twitch": "wanted", "pain": "limit"})
