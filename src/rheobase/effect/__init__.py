"""What follows from fibres that fire."""

from rheobase.effect.innervation import innervation_per_mm2, share_of_as_many
from rheobase.effect.movement.bones import Bone, bones, toe_tip_mm
from rheobase.effect.movement.cycle import Rider, crank_torque_Nm, rider_of
from rheobase.effect.movement.fixture import fixture, fixture_names
from rheobase.effect.movement.gait import Stride, gait_at
from rheobase.effect.movement.limb import Limb, make_limb
from rheobase.effect.movement.mover import Mover
from rheobase.effect.movement.record import Movement, Recorder, move
from rheobase.effect.movement.scene import scene_of
from rheobase.effect.movement.statics import holding_share, holding_torque_Nm
from rheobase.effect.muscle.axons import (
    EndPlates,
    MotorAxons,
    axon_thresholds_mA,
    axon_ways_mm,
    end_plates,
    motor_axons,
)
from rheobase.effect.muscle.bobet_stein import BobetStein, bobet_stein
from rheobase.effect.muscle.ding2003 import POPULATIONS, Ding2003, ding2003
from rheobase.effect.muscle.ding2007 import Ding2007, ding2007
from rheobase.effect.muscle.fit import FATIGUE, FORCE, FREE, Estimate, Identified, identify
from rheobase.effect.muscle.hill import (
    hill_factor,
    length_factor,
    passive_factor,
    stretched_factor,
    tendon_factor,
    velocity_factor,
)
from rheobase.effect.muscle.hill_huxley import HillHuxley, scaled
from rheobase.effect.muscle.hmed2018 import Hmed2018, hmed2018
from rheobase.effect.muscle.lumped import lumped
from rheobase.effect.muscle.marion import Marion, marion, marion2009, marion2013
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
from rheobase.effect.muscle.pool import MotorUnitPool, PoolForce, motor_unit_pool, pool_force
from rheobase.effect.muscle.pulses import Pulses, pulses_of, steady_pulses
from rheobase.effect.muscle.reach import muscle_shares, unit_muscles, unit_thresholds_mA
from rheobase.effect.muscle.reached import MuscleBody, MuscleReach, draw_muscle_bodies, muscle_reach
from rheobase.effect.muscle.session import Comfort, KneeExtensors, SessionTorque, comfort, session_torque
from rheobase.effect.muscle.swing import Swing, swing_knee
from rheobase.effect.muscle.trace import ForceTrace, force_from_csv, force_trace
from rheobase.effect.peroneal import NerveRecruitment, RoundLeg, cuff_recruitment, peroneal_pads, surface_recruitment
from rheobase.effect.recruitment import RecruitmentCurve, curve_of
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
from rheobase.effect.training import (
    Change,
    DisuseOutcome,
    Dose,
    TrainingOutcome,
    knee_replacement_gain_percent,
    rest_muscle,
    train_muscle,
)
from rheobase.effect.variation import (
    conductivity_ends,
    fat_knots_mm,
    fat_of_mm,
    girth_per_ln_fat_mm,
    with_fat,
    with_people_fat,
)
from rheobase.effect.virtual import (
    Body,
    Library,
    body_limb,
    body_thresholds_mA,
    draw_bodies,
    fibres_under,
    make_library,
    middle_body,
    pad_grids,
)

__all__ = [
    "EVENTS",
    "FATIGUE",
    "FORCE",
    "FREE",
    "POPULATIONS",
    "Band",
    "BobetStein",
    "Body",
    "Bone",
    "Change",
    "Comfort",
    "Contraction",
    "Criterion",
    "Ding2003",
    "Ding2007",
    "DisuseOutcome",
    "Dose",
    "EndPlates",
    "Estimate",
    "FittedRange",
    "ForceModel",
    "ForceTrace",
    "HillHuxley",
    "Hmed2018",
    "Identified",
    "KneeExtensors",
    "Library",
    "Limb",
    "Marion",
    "Motion",
    "MotorAxons",
    "MotorUnitPool",
    "Movement",
    "Mover",
    "MuscleBody",
    "MuscleReach",
    "MuscleState",
    "NerveRecruitment",
    "PoolForce",
    "Pulses",
    "Recorder",
    "RecruitmentCurve",
    "Rider",
    "RoundLeg",
    "Sensation",
    "SessionTorque",
    "Stride",
    "Swing",
    "TrainingOutcome",
    "assess_sensation",
    "axon_thresholds_mA",
    "axon_ways_mm",
    "band_of",
    "bobet_stein",
    "body_limb",
    "body_thresholds_mA",
    "bones",
    "comfort",
    "conductivity_ends",
    "contract",
    "crank_torque_Nm",
    "criterion",
    "cuff_recruitment",
    "curve_of",
    "ding2003",
    "ding2007",
    "draw_bodies",
    "draw_muscle_bodies",
    "end_plates",
    "event_mA",
    "fat_knots_mm",
    "fat_of_mm",
    "fibres_under",
    "fixture",
    "fixture_names",
    "force_from_csv",
    "force_trace",
    "gait_at",
    "girth_per_ln_fat_mm",
    "hill_factor",
    "hmed2018",
    "holding_share",
    "holding_torque_Nm",
    "identify",
    "innervation_per_mm2",
    "knee_replacement_gain_percent",
    "length_factor",
    "lowest_mA",
    "lumped",
    "make_library",
    "make_limb",
    "marion",
    "marion2009",
    "marion2013",
    "middle_body",
    "motor_axons",
    "motor_unit_pool",
    "move",
    "muscle_reach",
    "muscle_shares",
    "notices",
    "pad_grids",
    "passive_factor",
    "perceived_intensity",
    "peroneal_pads",
    "pool_force",
    "pulses_of",
    "rest_muscle",
    "rider_of",
    "scaled",
    "scene_of",
    "session_torque",
    "share_of_as_many",
    "steady_pulses",
    "step",
    "stretched_factor",
    "surface_recruitment",
    "swing_knee",
    "tendon_factor",
    "toe_tip_mm",
    "train_muscle",
    "unit_muscles",
    "unit_thresholds_mA",
    "velocity_factor",
    "with_fat",
    "with_people_fat",
]
