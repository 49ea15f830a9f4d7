"""The kinds of stimulation: usual settings, and which events matter."""

from rheobase.modality.base import Modality, Settings
from rheobase.modality.ems import Ems
from rheobase.modality.fes import Fes
from rheobase.modality.nmes import Nmes
from rheobase.modality.tens import Tens

__all__ = ["Ems", "Fes", "Modality", "Nmes", "Settings", "Tens"]
