"""The kinds of stimulation: usual settings, and which events matter."""

from rheobase.modality.base import Modality, Settings
from rheobase.modality.fes import Fes
from rheobase.modality.tens import Tens

__all__ = ["Fes", "Modality", "Settings", "Tens"]
