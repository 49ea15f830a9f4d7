"""How the peroneal nerve is recruited: through the skin at the neck of the fibula, or from a cuff around the nerve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import Layer, LayeredLimb, LowerLeg, NervePath
from rheobase.effect.muscle.pool import MotorUnitPool, motor_unit_pool
from rheobase.effect.recruitment import RecruitmentCurve, curve_of
from rheobase.electrode import Output, Pad
from rheobase.errors import ParameterError
from rheobase.field import Field, point_source_V_per_A, solve_field
from rheobase.montage import Montage, check_fit, pad_pair
from rheobase.nerve import TrunkFibre, activation_thresholds, stimulus_of, trunk_thresholds, uniform_fibre
from rheobase.pulse import Pulse
from rheobase.tables import row

Array = NDArray[np.float64]
_NERVE = "common peroneal"
_CUFF_NODES = 41
ROWS = ("peroneal.leg", "peroneal.nerve", "muscle.pool", "muscle.pool_axon_um", "fibres.mrg_interpolated")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLeg(LayeredLimb):
    """The lower leg below the knee as a cylinder, its peroneal nerve straight along it.

    Parameters
    ----------
    fat_mm : float
        Thickness of the fat, 0.5 mm or above.
    nerve_depth_mm : float
        Depth of the nerve's axis below the skin; below the fat and above the bone.

    Raises
    ------
    ParameterError
        If the nerve would lie in the fat or in the bone.

    Examples
    --------
    >>> RoundLeg(fat_mm=4.0, nerve_depth_mm=8.5).nerve("common peroneal").skin_depth_mm
    8.5
    """

    fat_mm: float = row("peroneal.leg")["fat_mm"]
    nerve_depth_mm: float = row("peroneal.nerve")["depth_mm"]

    def __post_init__(self) -> None:
        leg, nerve = row("peroneal.leg"), row("peroneal.nerve")
        low = self.fat_mm + leg["skin_mm"] + nerve["radius_mm"]
        high = leg["radius_mm"] - leg["bone_radius_mm"] - nerve["radius_mm"]
        if not self.fat_mm >= 0.5 or not low <= self.nerve_depth_mm <= high:
            raise ParameterError(
                f"fat_mm is {self.fat_mm:g} mm and nerve_depth_mm {self.nerve_depth_mm:g} mm; the fat must be 0.5 mm"
                f" or above, and under it the nerve lies {low:g} to {high:g} mm deep."
            )

    @property
    def length_mm(self) -> float:  # type: ignore[override]
        """Length of the model."""
        return float(row("peroneal.leg")["length_mm"])

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Marrow, bone, muscle, fat, skin."""
        leg = row("peroneal.leg")
        r = leg["radius_mm"]
        sizes = (
            ("marrow", leg["marrow_radius_mm"], "tissues.marrow"),
            ("bone", leg["bone_radius_mm"], "tissues.cortical_bone"),
            ("muscle", r - leg["skin_mm"] - self.fat_mm, "tissues.muscle"),
            ("fat", r - leg["skin_mm"], "tissues.fat"),
            ("skin", r, "tissues.dermis"),
        )
        across, along = "sigma_transverse_S_per_m", "sigma_axial_S_per_m"
        return tuple(
            Layer(name=n, outer_radius_mm=a, sigma_transverse_S_per_m=row(t)[across], sigma_axial_S_per_m=row(t)[along])
            for n, a, t in sizes
        )

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """The common peroneal nerve."""
        return MappingProxyType({_NERVE: self.path(0.0, 0.0)})

    def path(self, deeper_mm: float, aside_mm: float) -> NervePath:
        """A line along the nerve, so far below and beside its axis."""
        half = 0.45 * self.length_mm
        x = self.radius_mm - self.nerve_depth_mm - deeper_mm
        points = tuple((x, aside_mm, float(z)) for z in np.linspace(-half, half, 5))
        return NervePath(
            name=_NERVE, points_mm=points, skin_depth_mm=self.nerve_depth_mm + deeper_mm, around_deg=0.0,
            rows=("peroneal.nerve",),
        )  # fmt: skip

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows used."""
        return ("peroneal.leg", "peroneal.nerve", "tissues.marrow", "tissues.cortical_bone", "tissues.muscle",
                "tissues.fat", "tissues.dermis")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NerveRecruitment:
    """Recruitment of the motor units that a nerve serves.

    Parameters
    ----------
    curve : RecruitmentCurve
        Share of the muscle's force over the amplitude.
    thresholds_mA : array
        Threshold of every unit, in the order of the pool.
    resistance_ohm : float or None
        Between the pads; None where it is not known.
    rows : tuple of str
        Table rows used.

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> found = cuff_recruitment(biphasic(width_us=300.0), units=20)
    >>> bool(0.0 < found.curve.threshold < found.curve.stimulus_for(1.0))
    True
    """

    curve: RecruitmentCurve
    thresholds_mA: Array
    resistance_ohm: float | None
    rows: tuple[str, ...]


def surface_recruitment(
    pulse: Pulse,
    *,
    leg: RoundLeg | LowerLeg | None = None,
    units: int = 80,
    seed: int = 1,
    output: Output | None = None,
) -> tuple[NerveRecruitment, Field]:
    """Recruit the nerve through two pads on the skin.

    Parameters
    ----------
    pulse : Pulse
        Waveform of the active pad.
    leg : RoundLeg or LowerLeg, optional
        The leg: round with a straight nerve, solved in a second, or the anatomical one, whose nerve winds around the
        neck of the fibula, in several.
    units : int
        Motor units, 2 or more.
    seed : int
        Seed of axons and places.
    output : Output, optional
        Output stage of the stimulator.

    Returns
    -------
    NerveRecruitment, Field
        The recruitment and the field of the pads.

    Raises
    ------
    ParameterError
        If nothing is recruited.

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> found, field = surface_recruitment(biphasic(width_us=300.0), units=20)
    >>> bool(1.0 < found.curve.threshold < 60.0)
    True
    """
    leg = leg or RoundLeg()
    field = solve_field(leg, peroneal_pads(leg, output))
    pool = motor_unit_pool(units=units, seed=seed)
    aside, deeper = _places(units, seed)
    fibres = [
        TrunkFibre(kind="A-alpha", diameter_um=float(d), path=_beside(leg, float(z), float(y)))
        for d, y, z in zip(pool.axon_um, aside, deeper, strict=True)
    ]
    found = trunk_thresholds(field, fibres, stimulus_of(pulse)).threshold_mA
    rows = (*ROWS, "peroneal.pads", *field.rows)
    made = NerveRecruitment(curve=_curve(pool, found), thresholds_mA=found, resistance_ohm=field.resistance_ohm,
                            rows=rows)  # fmt: skip
    return made, field


def peroneal_pads(leg: RoundLeg | LowerLeg, output: Output | None = None) -> Montage:
    """Two round pads, the cathode over the nerve at the neck of the fibula.

    Parameters
    ----------
    leg : RoundLeg or LowerLeg
        The leg.
    output : Output, optional
        Output stage of the stimulator.

    Examples
    --------
    >>> peroneal_pads(RoundLeg()).names
    ('proximal', 'distal')
    """
    p = row("peroneal.pads")
    if isinstance(leg, RoundLeg):
        return pad_pair(
            leg, _NERVE, spacing_mm=p["spacing_mm"], round_mm=p["diameter_mm"], cathode="proximal", output=output
        )
    pads = []
    for name, site, share in (("proximal", "fibular_head", 1.0), ("distal", "tibialis_anterior", -1.0)):
        at = leg.site(site)
        pads.append(Pad(name=name, shape="round", diameter_mm=p["diameter_mm"], along_mm=at.along_mm,
                        around_deg=at.around_deg, share=share))  # fmt: skip
    montage = Montage(pads=tuple(pads), output=output or Output())
    check_fit(leg, montage)
    return montage


def _beside(leg: RoundLeg | LowerLeg, deeper_mm: float, aside_mm: float) -> NervePath:
    """A line along the nerve, so far below and beside its axis."""
    if isinstance(leg, RoundLeg):
        return leg.path(deeper_mm, aside_mm)
    nerve = leg.nerve("deep_peroneal")
    points = np.array(nerve.points_mm)
    far = np.hypot(points[:, 0], points[:, 1])[:, None]
    inward = -points[:, :2] / far
    points[:, :2] += deeper_mm * inward + aside_mm * np.stack([inward[:, 1], -inward[:, 0]], axis=1)
    return replace(nerve, points_mm=tuple(tuple(float(v) for v in p) for p in points))


def cuff_recruitment(pulse: Pulse, *, units: int = 80, seed: int = 1) -> NerveRecruitment:
    """Recruit the nerve from three contacts on it, in the closed form of points in an infinite nerve.

    Parameters
    ----------
    pulse : Pulse
        Waveform of the middle contact; the outer two return half of the current each.
    units : int
        Motor units, 2 or more.
    seed : int
        Seed of axons and places.

    Returns
    -------
    NerveRecruitment

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> bool(cuff_recruitment(biphasic(width_us=300.0), units=20).curve.threshold < 2.0)
    True
    """
    c = row("peroneal.cuff")
    pool = motor_unit_pool(units=units, seed=seed)
    aside, deeper = _places(units, seed)
    across, along = c["endoneurium_transverse_S_per_m"], c["endoneurium_axial_S_per_m"]
    fibres, potentials = [], []
    shift = np.random.default_rng([seed, 3]).uniform(-0.5, 0.5, units)
    for d, y, z, s in zip(pool.axon_um, aside, deeper, shift, strict=True):
        fibre = uniform_fibre("mrg_interpolated", diameter_um=float(d), nodes=_CUFF_NODES)
        arc = fibre.arc_um / 1000.0
        internode = arc[-1] / (_CUFF_NODES - 1)
        points = np.stack([np.full_like(arc, -z), np.full_like(arc, y), arc - arc[-1] / 2 + s * internode], axis=1)
        potential = np.zeros(len(arc))
        for share, place in ((1.0, 0.0), (-0.5, c["contact_spacing_mm"]), (-0.5, -c["contact_spacing_mm"])):
            at = (c["contact_radius_mm"], 0.0, place)
            potential += share * point_source_V_per_A(points, at, (across, across, along))
        fibres.append(fibre)
        potentials.append(potential[None])
    found = activation_thresholds(fibres, potentials, stimulus_of(pulse)).threshold_mA
    return NerveRecruitment(curve=_curve(pool, found), thresholds_mA=found, resistance_ohm=None,
                            rows=(*ROWS, "peroneal.cuff"))  # fmt: skip


def _places(units: int, seed: int) -> tuple[Array, Array]:
    """Places of the axons in the round nerve, evenly over its section: beside and below its axis."""
    rng = np.random.default_rng([seed, 2])
    far = row("peroneal.nerve")["radius_mm"] * np.sqrt(rng.uniform(0, 1, units))
    turn = rng.uniform(0, 2 * np.pi, units)
    return far * np.cos(turn), far * np.sin(turn)


def _curve(pool: MotorUnitPool, thresholds_mA: Array) -> RecruitmentCurve:
    order = np.argsort(thresholds_mA)
    known = order[np.isfinite(thresholds_mA[order])]
    if not len(known):
        raise ParameterError("No motor fibre fires within the range that is searched. Widen the pulse.")
    stimulus = np.concatenate([[0.0], thresholds_mA[known]])
    share = np.concatenate([[0.0], np.cumsum(pool.twitch_share[known])])
    # The first unit fires at its threshold and not before: the curve leaves zero just below it.
    stimulus, first = np.unique(stimulus, return_index=True)
    last = np.concatenate([first[1:] - 1, [len(share) - 1]])
    foot = 0.98 * stimulus[1]
    return curve_of(np.insert(share[last], 1, 0.0).tolist(), np.insert(stimulus, 1, foot).tolist(), "mA")
