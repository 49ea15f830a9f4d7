"""Pulse width: the order of the thresholds at every width, and where their curves flatten."""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.effect import body_thresholds_mA, make_library, middle_body
from rheobase.montage import pad_pair
from rheobase.tables import row
from rheobase.validation._bench import biphasic
from rheobase.validation._rows import Comparison, Progress, RowDict, aside, saying
from rheobase.validation.population import PAD, ordered, same_everywhere

_WHAT = {"sensory": "tingling", "motor": "twitch", "pain": "pain"}
_SMOOTH = 10


def _run(tell: Progress) -> list[RowDict]:
    order, flat = row("published.order_of_thresholds"), row("published.plateau")
    widths = flat["widths_us"]
    found = []
    for done, width in enumerate(widths):
        found.append(_thresholds(width))
        tell((done + 1) / len(widths))
    series = {name: np.array([one[name] for one in found]) for name in _WHAT}
    orders = same_everywhere([ordered(one) for one in found])
    rows = [saying("order at every width, 50 to 650 us", order, order["order"], orders, kind="order")]
    for name, words in (("sensory", "touch"), ("motor", "motor")):
        slope = np.diff(np.log(series[name])) / np.diff(np.log(widths))
        flattens = "flattens" if (np.diff(np.abs(slope)) < 0).all() else "does not flatten"
        rows.append(saying(f"{words} threshold with growing width", flat, "flattens", flattens))
        fall = 1.0 - series[name][-1] / series[name][-2]
        key = "touch_us" if name == "sensory" else "motor_us"
        rows.append(
            aside(
                f"{words} threshold, plateau",
                flat,
                f"from {flat[key]:g} us",
                f"falls {100 * fall:.0f} % from {widths[-2]:g} to {widths[-1]:g} us",
                note="How the study tells a plateau was not seen; single biphasic pulses of the model go on falling.",
            )
        )
    return rows


def _thresholds(width_us: float) -> dict[str, float]:
    """Tingling, twitch and pain of the person in the middle."""
    limb = Forearm()
    pulse = biphasic(width_us, tail_ms=row("populations.grid")["tail_ms"])
    library = make_library(limb, pad_pair(limb), pulse, spread=False)
    mine = body_thresholds_mA(library, middle_body(limb), np.random.default_rng(1), times=_SMOOTH)
    rules = {
        "sensory": row("sensation.tingling"),
        "motor": row("sensation.twitch"),
        "pain": row("sensation.pain"),
    }
    return {name: float(np.quantile(mine[rule["kind"], PAD], rule["share"])) for name, rule in rules.items()}


COMPARISON = Comparison(name="widths", about="order and shape of thresholds over pulse width", run=_run)
