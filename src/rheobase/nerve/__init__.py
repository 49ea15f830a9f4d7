"""Nerve fibres: who fires, when."""

from rheobase.nerve.block import BlockStatus, BlockThresholds, block_thresholds
from rheobase.nerve.bundle import Bundle, TrunkFibre, bundle, diameters_um
from rheobase.nerve.converge import ConvergedThresholds, Limit, converged_thresholds, converged_velocity, extrapolated
from rheobase.nerve.endings import (
    KINDS,
    Ending,
    EndingGrid,
    GridThresholds,
    ending_grid,
    ending_thresholds,
    grid_thresholds,
)
from rheobase.nerve.fibre import Fibre, UniformFibres, fibre_model, uniform_fibre, uniform_fibres
from rheobase.nerve.model import Current, FibreModel, Gate, Internodes
from rheobase.nerve.path import rounded_mm, walk_mm
from rheobase.nerve.recruit import Recruitment, recruit, share_threshold_mA, trunk_thresholds
from rheobase.nerve.stimulus import stimulus_of
from rheobase.nerve.taper import TAPERS, node_beyond, tapered_fibre
from rheobase.nerve.threshold import Status, Stimulus, Thresholds, activation_thresholds, stimulus_from_segments

__all__ = [
    "KINDS",
    "TAPERS",
    "BlockStatus",
    "BlockThresholds",
    "Bundle",
    "ConvergedThresholds",
    "Current",
    "Ending",
    "EndingGrid",
    "Fibre",
    "FibreModel",
    "Gate",
    "GridThresholds",
    "Internodes",
    "Limit",
    "Recruitment",
    "Status",
    "Stimulus",
    "Thresholds",
    "TrunkFibre",
    "UniformFibres",
    "activation_thresholds",
    "block_thresholds",
    "bundle",
    "converged_thresholds",
    "converged_velocity",
    "diameters_um",
    "ending_grid",
    "ending_thresholds",
    "extrapolated",
    "fibre_model",
    "grid_thresholds",
    "node_beyond",
    "recruit",
    "rounded_mm",
    "share_threshold_mA",
    "stimulus_from_segments",
    "stimulus_of",
    "tapered_fibre",
    "trunk_thresholds",
    "uniform_fibre",
    "uniform_fibres",
    "walk_mm",
]
