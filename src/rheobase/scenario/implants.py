"""Implants with their usual electrodes, for pictures: a lead in the spinal canal, and a cuff around a nerve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rheobase.anatomy import Spine, Volume, sample_trunk
from rheobase.electrode import percutaneous_lead, ring_cuff
from rheobase.montage import Implanted
from rheobase.pulse import Pulse, biphasic
from rheobase.tables import row


@dataclass(frozen=True, slots=True, kw_only=True)
class Implant:
    """A volume, its electrodes, and what to say of them.

    Parameters
    ----------
    title : str
        In a few words.
    volume : Volume
        The tissues.
    montage : Implanted
        Electrodes and shares of the current.
    over : str
        The nerve or tract in question.
    pulse : Pulse
        A usual pulse, for which it is told how far the resistive field is off.

    Examples
    --------
    >>> lead_in_canal().over
    'dorsal_column_left'
    """

    title: str
    volume: Volume
    montage: Implanted
    over: str
    pulse: Pulse


def lead_in_canal() -> Implant:
    """A lead of eight contacts behind the dura at T9; its fourth contact is active, the sixth returns the current.

    Examples
    --------
    >>> lead_in_canal().montage.shares[3:6]
    (1.0, 0.0, -1.0)
    """
    spine = Spine(level="t9")
    lead = percutaneous_lead(middle_mm=spine.epidural_mm(), shares={"c4": 1.0, "c6": -1.0})
    return Implant(
        title="Lead in the spinal canal at T9",
        volume=spine.solids(roots=False),
        montage=Implanted(electrodes=(lead,)),
        over="dorsal_column_left",
        pulse=biphasic(width_us=row("implants.spinal_pulse")["width_us"]),
    )


def cuff_on_nerve() -> Implant:
    """A cuff of three rings around the median nerve at the wrist; the middle one is active, the outer ones return.

    Examples
    --------
    >>> cuff_on_nerve().montage.names
    ('distal', 'middle', 'proximal')
    """
    trunk = sample_trunk("median_wrist", seed=1)
    radius_mm = trunk.diameter_mm / 2
    cuff = ring_cuff(radius_mm, shares={"middle": 1.0, "distal": -0.5, "proximal": -0.5})
    nerve = trunk.solids(sleeve_mm=cuff.inner_radius_mm - radius_mm, sleeve_length_mm=cuff.length_mm)
    return Implant(
        title="Cuff around the median nerve at the wrist",
        volume=nerve,
        montage=Implanted(electrodes=(cuff,)),
        over="fascicle 1",
        pulse=biphasic(width_us=row("implants.cuff_pulse")["width_us"]),
    )


IMPLANTS: Mapping[str, Callable[[], Implant]] = MappingProxyType(
    {"nerve_in_cuff": cuff_on_nerve, "spine": lead_in_canal}
)
"""Implants that can be drawn, by name."""
