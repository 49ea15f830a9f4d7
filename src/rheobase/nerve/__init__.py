"""Nerve fibres: who fires, when."""

from rheobase.nerve.block import BlockStatus, BlockThresholds, block_thresholds
from rheobase.nerve.branching import BranchedFibre, Segment, branched_fibre
from rheobase.nerve.bundle import Bundle, TrunkFibre, bundle, diameters_um
from rheobase.nerve.converge import ConvergedThresholds, Limit, converged_thresholds, converged_velocity, extrapolated
from rheobase.nerve.currents import NodeCurrents
from rheobase.nerve.distances import (
    CurrentDistance,
    DistanceSeries,
    fit_current_distance,
    thresholds_over_distances,
)
from rheobase.nerve.endings import (
    KINDS,
    Ending,
    EndingGrid,
    ending_grid,
    skin_depth_mm,
    skin_endings_mm,
    usual_motor_depth_mm,
)
from rheobase.nerve.fibre import Fibre, UniformFibres, fibre_model, uniform_fibre, uniform_fibres
from rheobase.nerve.following import Following, follow_train
from rheobase.nerve.grids import GridThresholds, grid_thresholds
from rheobase.nerve.injection import Injection
from rheobase.nerve.laid import LaidEndings, Ways, ending_thresholds, lay_endings
from rheobase.nerve.model import Current, FibreModel, Gate, Internodes
from rheobase.nerve.muscle_pads import motor_depth_mm, motor_room_mm, pads_over_muscle
from rheobase.nerve.path import rounded_mm, walk_mm
from rheobase.nerve.placing import node_offsets_share, potential_along
from rheobase.nerve.recording import Recording, compound_action_potential, record_fibres
from rheobase.nerve.recovery import RecoveryCycle, recovery_cycle
from rheobase.nerve.recruit import Recruitment, recruit, share_threshold_mA, trunk_thresholds
from rheobase.nerve.responses import Responses, simulate_fibres
from rheobase.nerve.simulate import Simulation, simulate
from rheobase.nerve.spikes import Spikes
from rheobase.nerve.stimulus import silence, stimulus_of, stimulus_of_train
from rheobase.nerve.strength_duration import StrengthDuration, fit_strength_duration
from rheobase.nerve.taper import TAPERS, node_beyond, tapered_fibre, with_free_ending
from rheobase.nerve.threshold import Status, Stimulus, Thresholds, activation_thresholds, stimulus_from_segments
from rheobase.nerve.velocity import Conduction, Velocities, conduction_velocities, conduction_velocity
from rheobase.nerve.widths import WidthSeries, thresholds_over_widths

__all__ = [
    "KINDS",
    "TAPERS",
    "BlockStatus",
    "BlockThresholds",
    "BranchedFibre",
    "Bundle",
    "Conduction",
    "ConvergedThresholds",
    "Current",
    "CurrentDistance",
    "DistanceSeries",
    "Ending",
    "EndingGrid",
    "Fibre",
    "FibreModel",
    "Following",
    "Gate",
    "GridThresholds",
    "Injection",
    "Internodes",
    "LaidEndings",
    "Limit",
    "NodeCurrents",
    "Recording",
    "RecoveryCycle",
    "Recruitment",
    "Responses",
    "Segment",
    "Simulation",
    "Spikes",
    "Status",
    "Stimulus",
    "StrengthDuration",
    "Thresholds",
    "TrunkFibre",
    "UniformFibres",
    "Velocities",
    "Ways",
    "WidthSeries",
    "activation_thresholds",
    "block_thresholds",
    "branched_fibre",
    "bundle",
    "compound_action_potential",
    "conduction_velocities",
    "conduction_velocity",
    "converged_thresholds",
    "converged_velocity",
    "diameters_um",
    "ending_grid",
    "ending_thresholds",
    "extrapolated",
    "fibre_model",
    "fit_current_distance",
    "fit_strength_duration",
    "follow_train",
    "grid_thresholds",
    "lay_endings",
    "motor_depth_mm",
    "motor_room_mm",
    "node_beyond",
    "node_offsets_share",
    "pads_over_muscle",
    "potential_along",
    "record_fibres",
    "recovery_cycle",
    "recruit",
    "rounded_mm",
    "share_threshold_mA",
    "silence",
    "simulate",
    "simulate_fibres",
    "skin_depth_mm",
    "skin_endings_mm",
    "stimulus_from_segments",
    "stimulus_of",
    "stimulus_of_train",
    "tapered_fibre",
    "thresholds_over_distances",
    "thresholds_over_widths",
    "trunk_thresholds",
    "uniform_fibre",
    "uniform_fibres",
    "usual_motor_depth_mm",
    "walk_mm",
    "with_free_ending",
]
