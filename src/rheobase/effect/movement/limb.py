"""A limb that stimulated muscles move: a published model, held as a fixture says, its muscles calibrated on torque."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.movement import _spec
from rheobase.effect.movement._muscles import Muscles, measure
from rheobase.effect.movement.cycle import add_crank, on_pedals
from rheobase.effect.movement.fixture import fixture
from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row, row

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limb:
    """A compiled limb; made by `make_limb`.

    Parameters
    ----------
    fixture, plain : str
        Name of the fixture, and what it is.
    joint : str
        The coordinate that is watched.
    groups : mapping
        Muscles by channel: what `Muscles` holds for each.
    limits_deg : mapping
        Smallest and largest angle of every joint.
    step_s : float
        Time step.
    rows : tuple of str
        Table rows used.
    model_, pose_ : object, array
        The compiled model and its starting pose.

    Examples
    --------
    >>> knee = make_limb("seated_knee")
    >>> sorted(knee.groups), knee.limits_deg["knee_angle_r"]
    (['hamstrings', 'quadriceps'], (0.0, 120.0))
    """

    fixture: str
    plain: str
    joint: str
    groups: Mapping[str, Muscles]
    limits_deg: Mapping[str, tuple[float, float]]
    step_s: float
    rows: tuple[str, ...]
    model_: Any
    pose_: Array

    def torque_Nm(self, group: str, angle_deg: float | Array) -> Array:
        """Largest evoked isometric torque of a group at an angle, always 0 or above."""
        muscles = self.group(group)
        return np.asarray(np.interp(angle_deg, muscles.angle_deg, muscles.torque_Nm))

    def arms_cm(self, group: str, angle_deg: float | Array) -> Mapping[str, Array]:
        """Effective moment arm of each muscle at an angle; positive where it lengthens as the angle rises."""
        muscles = self.group(group)
        return {
            name: np.asarray(np.interp(angle_deg, muscles.angle_deg, 100 * muscles.arm_m[:, i]))
            for i, name in enumerate(muscles.names)
        }

    def group(self, name: str) -> Muscles:
        """The muscles of a channel.

        Raises
        ------
        ParameterError
            If the limb has none of that name.
        """
        if name not in self.groups:
            raise ParameterError(f"The fixture '{self.fixture}' has no muscles '{name}'.{near_name(name, self.groups)}")
        return self.groups[name]


@lru_cache(maxsize=16)
def make_limb(name: str) -> Limb:
    """Build a limb: load the published model, hold what the fixture holds, let forces bypass activation, calibrate.

    Parameters
    ----------
    name : str
        One of `fixture_names`.

    Returns
    -------
    Limb
        The same object for the same name; it is never changed.

    Raises
    ------
    ParameterError
        If there is no such fixture.
    MissingExtra
        If MuJoCo or the models are not installed.

    Examples
    --------
    >>> limb = make_limb("seated_knee")
    >>> print(f"{limb.torque_Nm('quadriceps', 80.0):.0f} N m at 80 degrees")
    144 N m at 80 degrees
    """
    chosen = fixture(name)
    spec = _spec.open_spec(chosen)
    _spec.hold(spec, chosen["held_deg"], chosen["free"])
    groups = {g: _group(g) for g in chosen["groups"]}
    _spec.bypass(spec, [m for g in groups.values() for m in g["muscles"]])
    _spec.lead(spec, chosen.get("led", ()))
    if "crank_m" in chosen:
        add_crank(spec, chosen)
    _spec.firm(spec)
    model = _spec.compiled(spec)
    start = on_pedals(model, chosen, chosen["start_deg"]["crank"]) if "crank_m" in chosen else chosen["start_deg"]
    pose = _spec.posed(model, start)
    muscles = {name: measure(model, name, chosen, g, pose) for name, g in groups.items()}
    limits = {
        model.joint(i).name: (round(float(low), 1), round(float(high), 1))
        if model.jnt_limited[i]
        else (-float("inf"), float("inf"))
        for i, (low, high) in enumerate(np.rad2deg(model.jnt_range))
    }
    used = (
        "muscle.degroote2016_length",
        "muscle.degroote2016_velocity",
        *dict.fromkeys(r for m in muscles.values() for r in m.rows),
    )
    return Limb(
        fixture=name, plain=chosen["plain"], joint=chosen["joint"], groups=muscles, limits_deg=limits,
        step_s=float(model.opt.timestep), rows=used, model_=model, pose_=pose,
    )  # fmt: skip


def _group(name: str) -> Row:
    """The row of a group; ``NAME@l`` is the same group of the left side."""
    plain, _, side = name.partition("@")
    found = row(f"movement.{plain}")
    if not side:
        return found
    other = {
        "muscles": [f"{m.removesuffix('_r')}_{side}" for m in found["muscles"]],
        "joint": f"{found['joint'].removesuffix('_r')}_{side}",
        "plain": f"{found['plain']}, left",
    }
    return replace(found, values_=MappingProxyType({**found.values_, **other}))
