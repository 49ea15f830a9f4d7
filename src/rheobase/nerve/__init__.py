"""Nerve fibres: who fires, when."""

from rheobase.nerve.endings import KINDS, Ending, EndingGrid, ending_grid, ending_thresholds, grid_thresholds
from rheobase.nerve.fibre import Fibre, fibre_model, uniform_fibre
from rheobase.nerve.model import Current, FibreModel, Gate, Internodes
from rheobase.nerve.path import rounded_mm, walk_mm
from rheobase.nerve.taper import TAPERS, node_beyond, tapered_fibre
from rheobase.nerve.threshold import Status, Stimulus, Thresholds, activation_thresholds, stimulus_from_segments

__all__ = [
    "KINDS", "TAPERS", "Current", "Ending", "EndingGrid", "Fibre", "FibreModel", "Gate", "Internodes", "Status",
    "Stimulus", "Thresholds", "activation_thresholds", "ending_grid", "ending_thresholds", "fibre_model",
    "grid_thresholds", "node_beyond", "rounded_mm", "stimulus_from_segments", "tapered_fibre", "uniform_fibre",
    "walk_mm",
]  # fmt: skip
