"""Nerve fibres: who fires, when."""

from rheobase.nerve.fibre import Fibre, fibre_model, uniform_fibre
from rheobase.nerve.model import Current, FibreModel, Gate, Internodes

__all__ = ["Current", "Fibre", "FibreModel", "Gate", "Internodes", "fibre_model", "uniform_fibre"]
