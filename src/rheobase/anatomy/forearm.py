"""The forearm as a layered, anisotropic cylinder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rheobase.anatomy.base import Layer, LayeredLimb
from rheobase.anatomy.body import NervePath
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

_TRUNK_POINTS = 186
_NERVES = ("median", "ulnar", "radial")
_SKIN_MODELS = {"resolved": "tissues.dermis", "lumped": "tissues.skin_lumped"}
_CONDUCTIVITIES = ("fat_S_per_m", "dermis_S_per_m", "muscle_transverse_S_per_m", "muscle_axial_S_per_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forearm(LayeredLimb):
    """Marrow, cortical bone, muscle, fat and skin about one axis, with three nerve trunks.

    One bone stands for radius and ulna, one radius for the whole length: thresholds of skin and of muscle under a pad
    depend little on either, those of deep trunks more. The axis points from the wrist (z < 0) to the elbow (z > 0);
    theta = 0 is the middle of the volar side.

    Parameters
    ----------
    radius_mm : float
        Radius with skin, 25 to 60 mm.
    fat_mm, skin_mm : float
        Thickness of fat (1 to 25 mm) and skin (0.6 to 3 mm).
    skin_model : str
        ``"resolved"``: the layer is dermis, and the horny layer is part of the pads' contact impedance.
        ``"lumped"``: one poorly conducting skin; fit for muscle and trunks, unfit for skin fibres.
    fat_S_per_m, dermis_S_per_m, muscle_transverse_S_per_m, muscle_axial_S_per_m : float, optional
        Conductivities, above 0; by default those of the tissue table.

    Raises
    ------
    ParameterError
        If a size is outside its range, or no muscle is left between bone and fat.

    Examples
    --------
    >>> arm = Forearm(fat_mm=5.0)
    >>> [(l.name, l.outer_radius_mm) for l in arm.layers][-2:]
    [('fat', 38.5), ('skin', 40.0)]
    >>> arm.fascia_depth_mm
    6.5
    """

    radius_mm: float = 40.0
    fat_mm: float = 5.0
    skin_mm: float = 1.5
    skin_model: str = "resolved"
    fat_S_per_m: float | None = None
    dermis_S_per_m: float | None = None
    muscle_transverse_S_per_m: float | None = None
    muscle_axial_S_per_m: float | None = None

    def __post_init__(self) -> None:
        limits = {
            "radius_mm": (row("forearm.size")["smallest_radius_mm"], row("forearm.size")["largest_radius_mm"]),
            "fat_mm": (row("forearm.fat")["smallest_mm"], row("forearm.fat")["largest_mm"]),
            "skin_mm": (row("forearm.skin")["smallest_mm"], row("forearm.skin")["largest_mm"]),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ParameterError(
                    f"{name} is {value:g} mm; a forearm has {low:g} to {high:g} mm. Give a value in that range."
                )
        for name in _CONDUCTIVITIES:
            sigma = getattr(self, name)
            if sigma is not None and not 0.0 < sigma < np.inf:
                raise ParameterError(
                    f"{name} is {sigma:g} S/m; a conductivity is above 0. Leave it out for that of the tissue table."
                )
        if self.skin_model not in _SKIN_MODELS:
            raise ParameterError(f"skin_model is '{self.skin_model}'.{near_name(self.skin_model, _SKIN_MODELS)}")
        bone = row("forearm.bone")["bone_radius_mm"]
        if self.radius_mm - self.fascia_depth_mm < bone + 5.0:
            raise ParameterError(
                f"radius_mm {self.radius_mm:g} mm with {self.fascia_depth_mm:g} mm of skin and fat leaves less than"
                f" 5 mm of muscle around the bone ({bone:g} mm). Take a larger radius or less fat."
            )

    @property
    def length_mm(self) -> float:  # type: ignore[override]
        """Length of the model; its ends are insulated."""
        return float(row("forearm.size")["length_mm"])

    @property
    def fascia_depth_mm(self) -> float:
        """Depth of the muscle's surface below the skin."""
        return self.skin_mm + self.fat_mm

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Marrow, cortical bone, muscle, fat, skin."""
        bone, muscle, fat = row("forearm.bone"), row("tissues.muscle"), row("tissues.fat")
        skin = row(_SKIN_MODELS[self.skin_model])
        tabled = (fat, skin, muscle, muscle)
        keys = ("sigma_transverse_S_per_m",) * 3 + ("sigma_axial_S_per_m",)
        given = (getattr(self, name) for name in _CONDUCTIVITIES)
        fat_s, skin_s, across, along = (
            r[key] if own is None else own for own, r, key in zip(given, tabled, keys, strict=True)
        )
        bone_s, marrow_s = row("tissues.cortical_bone"), row("tissues.marrow")
        r = self.radius_mm
        sizes = (
            ("marrow", bone["marrow_radius_mm"], marrow_s["sigma_transverse_S_per_m"], marrow_s["sigma_axial_S_per_m"]),
            ("bone", bone["bone_radius_mm"], bone_s["sigma_transverse_S_per_m"], bone_s["sigma_axial_S_per_m"]),
            ("muscle", r - self.fascia_depth_mm, across, along),
            ("fat", r - self.skin_mm, fat_s, fat_s),
            ("skin", r, skin_s, skin_s),
        )
        return tuple(
            Layer(name=n, outer_radius_mm=a, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=z) for n, a, t, z in sizes
        )

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Median, ulnar and radial trunk, running on to where the axial field has died."""
        return MappingProxyType({name: self._trunk(name) for name in _NERVES})

    def _trunk(self, name: str) -> NervePath:
        p = row(f"forearm.{name}")
        end = row("forearm.trunk_reach")["end_mm"]
        deepest = self.radius_mm - row("forearm.bone")["bone_radius_mm"] - 2.0
        shallowest = self.fascia_depth_mm + 1.0  # trunks lie below the fascia
        distal, proximal = (
            float(np.clip(p[f"{where}_depth_mm"], shallowest, deepest)) for where in ("distal", "proximal")
        )
        along = np.linspace(-end, end, _TRUNK_POINTS)
        span = (along - p["distal_along_mm"]) / (p["proximal_along_mm"] - p["distal_along_mm"])
        # a smooth change of depth: a corner in the path would excite fibres where no nerve has one
        depth = distal + (proximal - distal) * (1.0 - np.cos(np.pi * np.clip(span, 0.0, 1.0))) / 2.0
        return NervePath(
            name=name,
            points_mm=tuple(self.on_skin_mm(p["around_deg"], a, d) for a, d in zip(along, depth, strict=True)),
            skin_depth_mm=float(np.interp(0.0, along, depth)),
            around_deg=p["around_deg"],
            rows=(f"forearm.{name}", "forearm.trunk_reach"),
        )

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows this forearm rests on."""
        return (
            "forearm.size", "forearm.bone", "forearm.fat", "forearm.skin", "tissues.marrow", "tissues.cortical_bone",
            "tissues.muscle", "tissues.fat", _SKIN_MODELS[self.skin_model],
            *[r for n in self.nerves.values() for r in n.rows],
        )  # fmt: skip
