"""What follows from fibres that fire."""

from rheobase.effect.movement.fixture import fixture, fixture_names
from rheobase.effect.movement.limb import Limb, make_limb
from rheobase.effect.movement.mover import Mover
from rheobase.effect.movement.record import Movement, Recorder, move
from rheobase.effect.movement.statics import holding_share, holding_torque_Nm
from rheobase.effect.muscle.ding2003 import Ding2003, ding2003
from rheobase.effect.muscle.hill_huxley import HillHuxley
from rheobase.effect.muscle.model import (
    Contraction,
    FittedRange,
    ForceModel,
    Motion,
    MuscleState,
    contract,
    notices,
    step,
)
from rheobase.effect.muscle.pulses import Pulses, pulses_of, steady_pulses
from rheobase.effect.sensation import (
    EVENTS,
    Band,
    Criterion,
    Sensation,
    assess_sensation,
    band_of,
    criterion,
    event_mA,
    lowest_mA,
    perceived_intensity,
)
from rheobase.effect.virtual import (
    Body,
    Library,
    body_limb,
    body_thresholds_mA,
    conductivity_ends,
    draw_bodies,
    fat_knots_mm,
    fibres_under,
    make_library,
    middle_body,
    pad_grids,
)

__all__ = [
    "EVENTS",
    "Band",
    "Body",
    "Contraction",
    "Criterion",
    "Ding2003",
    "FittedRange",
    "ForceModel",
    "HillHuxley",
    "Library",
    "Limb",
    "Motion",
    "Movement",
    "Mover",
    "MuscleState",
    "Pulses",
    "Recorder",
    "Sensation",
    "assess_sensation",
    "band_of",
    "body_limb",
    "body_thresholds_mA",
    "conductivity_ends",
    "contract",
    "criterion",
    "ding2003",
    "draw_bodies",
    "event_mA",
    "fat_knots_mm",
    "fibres_under",
    "fixture",
    "fixture_names",
    "holding_share",
    "holding_torque_Nm",
    "lowest_mA",
    "make_library",
    "make_limb",
    "middle_body",
    "move",
    "notices",
    "pad_grids",
    "perceived_intensity",
    "pulses_of",
    "steady_pulses",
    "step",
]
