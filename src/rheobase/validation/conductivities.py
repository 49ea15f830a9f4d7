"""How skin model, fat and muscle conductivity move thresholds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.effect.virtual import conductivity_ends
from rheobase.tables import row
from rheobase.validation._bench import biphasic, straight, uniform_mA
from rheobase.validation._rows import Comparison, Progress, RowDict, near
from rheobase.validation.endings import motor_probe, skin_probe

_DEPTHS_MM = (10.0, 15.0, 20.0)


def _thresholds(limb: Forearm) -> tuple[float, float, float]:
    """Skin ending, trunk and motor ending: the last two as geometric means over three depths."""
    pulse = biphasic()
    ends = [skin_probe(limb), *[motor_probe(limb, d) for d in _DEPTHS_MM]]
    skin, *motor = uniform_mA(limb, ends, pulse, ending=True)
    trunk = uniform_mA(limb, [straight(limb, d, 10.0) for d in _DEPTHS_MM], pulse)
    return float(skin), float(np.exp(np.log(trunk).mean())), float(np.exp(np.log(motor).mean()))


def _run(tell: Progress) -> list[RowDict]:
    base = Forearm()
    limbs = {
        "skin_model": replace(base, skin_model="lumped"),
        "fat": conductivity_ends(base, "fat"),
        "muscle": conductivity_ends(base, "muscle"),
    }
    at_base = _thresholds(base)
    ratio = {}
    for done, (name, limb) in enumerate(limbs.items()):
        ratio[name] = [a / b for a, b in zip(_thresholds(limb), at_base, strict=True)]
        tell((done + 1) / len(limbs))
    skin, fat = row("published.skin_model"), row("published.fat_conductivity")
    muscle = row("published.muscle_conductivity")
    names = ("skin ending", "trunk", "motor ending")
    keys = ("skin_ratio", "trunk_ratio", "motor_ratio")
    rows = []
    for what, published, ours in (
        ("skin as one layer, over resolved", skin, ratio["skin_model"]),
        ("fat at 0.06 over 0.03 S/m", fat, ratio["fat"]),
        ("muscle as in living arms over the base", muscle, ratio["muscle"]),
    ):
        for name, key, value in zip(names, keys, ours, strict=True):
            if key in published:
                rows.append(near(f"{what}: {name}", published, published[key], value, unit=""))
    return rows


COMPARISON = Comparison(
    name="conductivities", about="how skin model, fat and muscle conductivity move thresholds", run=_run
)
