"""The muscle of a scenario in the field of its pads: which units fire, and what the skin says to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from rheobase.effect import MuscleReach, Sensation, assess_sensation, draw_muscle_bodies
from rheobase.io.field_cache import cached_field
from rheobase.io.people_cache import cached_library, cached_reach
from rheobase.io.scenario import Scenario
from rheobase.pulse import Pulse
from rheobase.scenario.build import MuscleChain
from rheobase.scenario.view import MUSCLE_NERVE, picture_part

_POINTS = 61
_FIRST_SHARE = 0.05
_SKIN_CELL_MM = 3.0  # cells of 2 mm move the thresholds of skin fibres by less than two hundredths


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Motor units and skin fibres of virtual people under the pads of a scenario.

    Parameters
    ----------
    chain : MuscleChain
        Limb and pads.
    pulse : Pulse
        The pulse.
    reach : MuscleReach
        Thresholds of the motor units.
    felt : Sensation
        Thresholds of what is felt.
    amplitude_mA : float
        The scenario's current.
    seed : int
        The scenario's seed.

    Examples
    --------
    Made by `reach_muscle`.

    >>> Reached.__name__
    'Reached'
    """

    chain: MuscleChain
    pulse: Pulse
    reach: MuscleReach
    felt: Sensation
    amplitude_mA: float
    seed: int

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows both rest on."""
        return (*self.reach.rows, "populations.a_beta", "populations.a_delta", "branches.cutaneous_courses")

    @property
    def felt_text(self) -> str:
        """Where the current lies for the skin, in words."""
        share = self.felt.recruited("A-delta", np.array([self.amplitude_mA]))["median"][0]
        pain = self.felt.band("pain")
        place = "below" if self.amplitude_mA < pain.median_mA else "above"
        return (
            f"{place} where thin skin fibres make it sharp in the median person ({pain.median_mA:.0f} mA,"
            f" {pain.p5_mA:.0f} to {pain.p95_mA:.0f} over people; {100 * share:.0f} % of them fire)"
        )

    def reach_part(self, people: int, maximal_Nm: float) -> dict[str, Any]:
        """Torque and discomfort over current, as plain values."""
        top = max(2.0 * self.amplitude_mA, 60.0)
        grid = np.linspace(0.0, top, _POINTS)
        bodies = draw_muscle_bodies(self.reach, people=people, seed=self.seed)
        shares = np.array([self.reach.recruited_share(grid, body) for body in bodies])
        thin = self.felt.recruited("A-delta", grid)
        threshold = self.reach.thresholds_mA()
        owner = np.array(self.reach.owner)
        muscles = []
        for name in dict.fromkeys(self.reach.owner):
            mine = owner == name
            held = self.reach.pool.twitch_share[mine]
            fires = np.array([held[threshold[mine] <= mA].sum() for mA in grid]) / held.sum()
            muscles.append({"name": self.chain.limb.muscle(name).plain, "share": fires.round(4).tolist()})
        return {
            "amplitude_mA": grid.round(3).tolist(),
            "set_mA": self.amplitude_mA,
            "maximal_Nm": maximal_Nm,
            "torque_share": _bands(shares),
            "muscles": muscles,
            "units_count": len(owner),
            "thin_share": {k: np.round(v, 4).tolist() for k, v in thin.items()},
            "levels": [
                {"id": event, "median_mA": b.median_mA, "p5_mA": b.p5_mA, "p95_mA": b.p95_mA}
                for event in ("tingling", "pain")
                for b in (self.felt.band(event),)
            ],
            "motor_threshold_mA": _band([_first_mA(self.reach, body) for body in bodies]),
        }

    def view_part(self, title: str) -> dict[str, Any]:
        """The picture of limb, pads and field."""
        field = self.felt.library.field  # that of the skin, solved already
        return picture_part(
            self.chain.limb, self.chain.montage, self.pulse, title=title, over=MUSCLE_NERVE, field=field
        )


def reach_muscle(scenario: Scenario, chain: MuscleChain, pulse: Pulse, say: Callable[[str, float], None]) -> Reached:
    """Simulate motor units and skin fibres of the people of a scenario, or find them again: no amplitude goes in.

    Parameters
    ----------
    scenario : Scenario
        The scenario, with a muscle.
    chain : MuscleChain
        Its limb and pads.
    pulse : Pulse
        Its pulse.
    say : callable
        Is told what is being done and the share done.
    """
    assert scenario.muscle is not None  # the loader has made sure of it
    reach = cached_reach(
        chain.limb, chain.montage, pulse, muscle=scenario.muscle.name, seed=scenario.seed,
        progress=lambda share: say("the motor units of the virtual people", 0.45 * share),
    )  # fmt: skip
    library = cached_library(
        chain.limb, chain.montage, pulse, solve=partial(cached_field, cell_mm=_SKIN_CELL_MM),
        progress=lambda share: say("the skin fibres of the virtual people", 0.45 + 0.45 * share),
    )  # fmt: skip
    felt = assess_sensation(
        chain.limb, chain.montage, pulse, people=scenario.population.people, seed=scenario.seed, library=library
    )
    return Reached(
        chain=chain, pulse=pulse, reach=reach, felt=felt, amplitude_mA=scenario.output.amplitude_mA, seed=scenario.seed
    )


def _first_mA(reach: MuscleReach, body: Any) -> float:
    """Current at which a twentieth of the force is recruited."""
    threshold = reach.thresholds_mA(body)
    order = np.argsort(threshold)
    total = np.cumsum(reach.pool.twitch_share[order])
    return float(threshold[order][np.searchsorted(total, _FIRST_SHARE)])


def _bands(values: np.ndarray) -> dict[str, Any]:
    p5, median, p95 = np.percentile(values, [5.0, 50.0, 95.0], axis=0)
    named = {"nominal": values[0], "median": median, "p5": p5, "p95": p95}
    return {k: np.round(v, 4).tolist() for k, v in named.items()}


def _band(values: list[float]) -> dict[str, float]:
    p5, median, p95 = np.percentile(values, [5.0, 50.0, 95.0])
    return {k: round(float(v), 2) for k, v in {"median": median, "p5": p5, "p95": p95}.items()}
