"""Who decides how strong to stimulate, and when: programmes, feedback, learning, triggers, the best train of pulses."""

from rheobase.control.channel import Channel, Recruited, recruited, tetanus_N
from rheobase.control.cycling import Window, window
from rheobase.control.learning import learn_inverse, learn_proportional
from rheobase.control.loop import Tracking, follow
from rheobase.control.optimal import BestTrain, best_train
from rheobase.control.pedalling import Pedalled, crank_windows, pedal
from rheobase.control.pid import Pid, PidState, Watch
from rheobase.control.programme import on_off
from rheobase.control.tired import Compensation, Held, hold, in_turn, part_of
from rheobase.control.trigger import Trigger, TriggerState, heel_trigger, ramped, tilt_trigger
from rheobase.control.walking import Walk, Walked, walk
from rheobase.effect import RecruitmentCurve, curve_of

__all__ = [
    "BestTrain",
    "Channel",
    "Compensation",
    "Held",
    "Pedalled",
    "Pid",
    "PidState",
    "Recruited",
    "RecruitmentCurve",
    "Tracking",
    "Trigger",
    "TriggerState",
    "Walk",
    "Walked",
    "Watch",
    "Window",
    "best_train",
    "crank_windows",
    "curve_of",
    "follow",
    "heel_trigger",
    "hold",
    "in_turn",
    "learn_inverse",
    "learn_proportional",
    "on_off",
    "part_of",
    "pedal",
    "ramped",
    "recruited",
    "tetanus_N",
    "tilt_trigger",
    "walk",
    "window",
]
