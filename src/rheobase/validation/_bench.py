"""The bench on which the surface comparisons run: limbs, pads, ways, fibres and pulses of the published set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rheobase.anatomy import Course, Forearm, Layer, LayeredLimb, course_points_mm, fascia_depth_mm
from rheobase.electrode import Interface, Pad, default_interface
from rheobase.field import FieldPlane, PlainLimb, solve_field
from rheobase.montage import Montage
from rheobase.nerve import (
    Fibre,
    Stimulus,
    Thresholds,
    activation_thresholds,
    node_beyond,
    rounded_mm,
    stimulus_from_segments,
    tapered_fibre,
    uniform_fibre,
    walk_mm,
)
from rheobase.tables import row

DT_MS = 0.005
PAD_MM = 45.0  # centre of the pad under which fibres end; its partner lies at -45 mm
REACH_MM = 185.0
ARRIVAL_MM = 14.0
NODES_NEEDED = 8
_LUMPED_GEL_OHM_M2 = 0.3


def biphasic(width_us: float = 200.0, *, tail_ms: float = 1.2) -> Stimulus:
    """Cathode first under the pad, then the same phase reversed, no gap."""
    width_ms = width_us / 1000.0
    return stimulus_from_segments([(width_ms, -1.0), (width_ms, 1.0)], tail_ms=tail_ms, dt_ms=DT_MS)


def monophasic(width_us: float = 200.0, *, anode: bool = False, tail_ms: float = 1.2) -> Stimulus:
    """One phase, the cathode under the pad unless `anode`."""
    return stimulus_from_segments([(width_us / 1000.0, 1.0 if anode else -1.0)], tail_ms=tail_ms, dt_ms=DT_MS)


@lru_cache(maxsize=8)
def under_pads(limb: LayeredLimb, montage: Montage | None = None) -> FieldPlane:
    """Field of two 50 x 50 mm pads (or of a montage of your own), on the half-plane through their centres."""
    return solve_field(limb, montage or pads_on(limb)).plane(0.0)


def pads_on(limb: LayeredLimb, *, spacing_mm: float = 90.0, size_mm: float = 50.0) -> Montage:
    """Two square pads at angle 0; the one nearer the elbow is active."""
    gel = Interface(series_ohm_m2=_LUMPED_GEL_OHM_M2) if _is_lumped(limb) else default_interface()
    return Montage(
        pads=tuple(
            Pad(name=n, width_mm=size_mm, length_mm=size_mm, along_mm=s * spacing_mm / 2, share=s, interface=gel)
            for n, s in (("proximal", 1.0), ("distal", -1.0))
        )
    )


def _is_lumped(limb: LayeredLimb) -> bool:
    return isinstance(limb, Forearm) and limb.skin_model == "lumped"


def wrist() -> PlainLimb:
    """The wrist of the strength-duration comparisons."""
    p = row("published.wrist")
    base = {la.name: la for la in Forearm().layers}
    return PlainLimb(
        stack=tuple(
            Layer(
                name=n,
                outer_radius_mm=r,
                sigma_transverse_S_per_m=base[n].sigma_transverse_S_per_m,
                sigma_axial_S_per_m=base[n].sigma_axial_S_per_m,
            )
            for n, r in zip(("marrow", "bone", "muscle", "fat", "skin"), p["outer_radius_mm"], strict=True)
        )
    )


def wrist_pads() -> Montage:
    """Its two small pads."""
    p = row("published.wrist")
    return pads_on(wrist(), spacing_mm=p["spacing_mm"], size_mm=p["pad_mm"])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Probe:
    """A fibre on its way through a limb, first node at the start of the way."""

    fibre: Fibre
    way_mm: np.ndarray

    def potential(self, plane: FieldPlane) -> np.ndarray:
        """Potential at its compartments per mA."""
        return plane.drive_V_per_A(walk_mm(self.way_mm, self.fibre.arc_um / 1000.0))[None]


def whole(diameter_um: float, length_mm: float) -> Fibre:
    """A uniform fibre with active, sealed ends: MRG from 5.7 um, PENA below."""
    model = "mrg_discrete" if diameter_um >= 5.7 else "pena"
    one = uniform_fibre(model, diameter_um=diameter_um, nodes=4)
    nodes = int(1000.0 * length_mm / one.kinds.length_um[0]) + 1
    return uniform_fibre(model, diameter_um=diameter_um, nodes=nodes, passive_ends=False)


def straight(limb: LayeredLimb, depth_mm: float, diameter_um: float, reach_mm: float = REACH_MM) -> Probe:
    """A fibre along the limb at one depth below the skin, past both pads."""
    course: Course = ((depth_mm, -reach_mm), (depth_mm, reach_mm))
    return Probe(fibre=whole(diameter_um, 2 * reach_mm), way_mm=course_points_mm(limb, course, 0.0))


def on_course(limb: LayeredLimb, course: Course, fibre: Fibre) -> Probe:
    """A fibre that ends where the course begins."""
    return Probe(fibre=fibre, way_mm=rounded_mm(course_points_mm(limb, course, 0.0)))


def skin_course(limb: LayeredLimb, ending_mm: float = 0.75, along_mm: float = PAD_MM) -> Course:
    """Straight up from under the fat, as in the rows for uniform fibres."""
    under = fascia_depth_mm(limb) - 0.3
    return (ending_mm, along_mm), (under, along_mm), (under, REACH_MM)


def uniform_mA(
    limb: LayeredLimb,
    probes: Sequence[Probe],
    stimulus: Stimulus,
    *,
    montage: Montage | None = None,
    ending: bool = False,
    tolerance: float = 0.004,
) -> np.ndarray:
    """Thresholds by the criterion for uniform fibres: eight nodes fire."""
    plane = under_pads(limb, montage)
    return activation_thresholds(
        [p.fibre for p in probes],
        [p.potential(plane) for p in probes],
        stimulus,
        need=NODES_NEEDED,
        tolerance=tolerance,
        true_start=ending,
    ).threshold_mA


def tapered(taper: str, parent_um: float) -> Fibre:
    """A tapering fibre of the published length."""
    return tapered_fibre(taper, parent_um=parent_um, length_mm=80.0)


def arriving(
    planes: Sequence[FieldPlane], probes: Sequence[Probe], stimulus: Stimulus, *, tolerance: float = 0.01
) -> Thresholds:
    """Thresholds by the criterion for endings: the spike has come 14 mm. One plane a probe."""
    return activation_thresholds(
        [p.fibre for p in probes],
        [p.potential(q) for p, q in zip(probes, planes, strict=True)],
        stimulus,
        watch=[node_beyond(p.fibre, ARRIVAL_MM) for p in probes],
        tolerance=tolerance,
        true_start=True,
    )
