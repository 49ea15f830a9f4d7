"""A body part made from its table and a measured person.

Coordinates in mm: x forwards, y to the left, z upwards, of a person standing. A limb is a left one, so that y > 0 is
its outer side. Angles grow from the front over the left side to the back.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rheobase.anatomy._contents import Contents, contents_of
from rheobase.anatomy._surfaces import along_mm, surfaces_of
from rheobase.anatomy.body import BodyPart, NervePath, Site, Tissue
from rheobase.anatomy.check import check_inputs, check_part
from rheobase.anatomy.inclusion import Inclusion
from rheobase.anatomy.muscle import Muscle
from rheobase.anatomy.person import Person, people_rows
from rheobase.anatomy.places import MotorPoint, UsualPad
from rheobase.anatomy.radial import Array
from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row, row

# Shapes that passed the check of late: bodies that differ in what they conduct need no other.
_SOUND: deque[Hashable] = deque(maxlen=64)
SKIN_MODELS = {"resolved": "tissues.dermis", "lumped": "tissues.skin_lumped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedPart(BodyPart):
    """A body part with free outline, layers, bones, muscles and nerves, sized for a person.

    Its members are the body parts themselves, such as `Thigh`; each brings its table.

    Parameters
    ----------
    person : Person
        Sex, body mass index, stature and deviations; the default is the reference man.
    main_girth_mm : float, optional
        Girth at the level that the table names; by default that of the person. All sections grow with it.
    fat_mm, skin_mm : float, optional
        Thickness at the usual place; elsewhere in proportion. By default those of the person.
    skin_model : str
        ``"resolved"``: the skin is dermis, and the horny layer is part of the pads' contact impedance.
        ``"lumped"``: one poorly conducting skin; fit for muscle and trunks, unfit for skin fibres.
    fat_S_per_m, dermis_S_per_m, muscle_transverse_S_per_m, muscle_axial_S_per_m : float, optional
        Conductivities, above 0; by default those of the tissue table.

    Raises
    ------
    ParameterError
        If a size is outside its range, or what it leads to is not possible.
    """

    person: Person = field(default_factory=Person)
    main_girth_mm: float | None = None
    fat_mm: float | None = None
    skin_mm: float | None = None
    skin_model: str = "resolved"
    fat_S_per_m: float | None = None
    dermis_S_per_m: float | None = None
    muscle_transverse_S_per_m: float | None = None
    muscle_axial_S_per_m: float | None = None

    def __post_init__(self) -> None:
        check_inputs(self)
        if self.shape_key not in _SOUND:
            check_part(self)
            _SOUND.append(self.shape_key)

    @property
    def shape_key(self) -> Hashable:
        """All that its shape follows from."""
        given = (getattr(self, f.name) for f in fields(self) if not f.name.endswith("_S_per_m"))
        return type(self), *given

    if TYPE_CHECKING:
        data: ClassVar[Mapping[str, Row]]
    else:

        @property
        @abstractmethod
        def data(self) -> Mapping[str, Row]:
            """Rows of the part's own tables by id; a member sets it to them."""

    # geometry for the solvers

    @property
    def ends_mm(self) -> tuple[float, float]:  # type: ignore[override]
        """Both ends along z."""
        frame = self.data["frame"]
        low, high = along_mm(self, [frame["from_share"], frame["to_share"]])
        return float(low), float(high)

    @property
    def length_mm(self) -> float:
        """Length from end to end."""
        low, high = self.ends_mm
        return high - low

    @property
    def layer_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Layers under the skin's surface."""
        return ("skin", "fat")

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """All tissues, in the order of the labels."""
        return contents_of(self).tissues

    def outline_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """Distance of the skin from the axis."""
        return surfaces_of(self).outline.at(theta_rad, z_mm)

    def thickness_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """Thickness of skin and fat."""
        s = surfaces_of(self)
        return np.stack([s.skin.at(theta_rad, z_mm), s.fat.at(theta_rad, z_mm)])

    def slant(self, theta_rad: Array, z_mm: Array) -> Array:
        """How much longer the way to the axis is than the way square to the skin; beyond the ends as at the ends."""
        return BodyPart.slant(self, theta_rad, np.clip(z_mm, *self.ends_mm))

    def core_labels(self, points_mm: Array) -> Array:
        """Tissue of points below the fascia."""
        return contents_of(self).labels(points_mm)

    def core_directions(self, points_mm: Array, labels: Array) -> Array:
        """Direction of the muscle fibres at points below the fascia."""
        return contents_of(self).directions(points_mm)

    # what is inside

    @property
    def contents(self) -> Contents:
        """Bones, vessels, muscles, nerves and places."""
        return contents_of(self)

    @property
    def inclusions(self) -> tuple[Inclusion, ...]:
        """Bones, vessels and cavities."""
        return contents_of(self).inclusions

    @property
    def muscles(self) -> Mapping[str, Muscle]:
        """Muscles, and other soft tissue beside them, by name."""
        return contents_of(self).muscles

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerves by name."""
        return contents_of(self).nerves

    @property
    def motor_points(self) -> Mapping[str, MotorPoint]:
        """Motor points by name."""
        return contents_of(self).motor_points

    @property
    def sites(self) -> Mapping[str, Site]:
        """Named places for pads."""
        return contents_of(self).sites

    @property
    def usual_pads(self) -> tuple[UsualPad, ...]:
        """Pads of the usual montage."""
        return contents_of(self).usual_pads

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows this part rests on."""
        own = [r.key for r in self.data.values()]
        return tuple(dict.fromkeys([*own, *people_rows(), *(r for t in self.tissues for r in t.rows)]))

    def muscle(self, name: str) -> Muscle:
        """One muscle by name.

        Raises
        ------
        ParameterError
            If there is no such muscle here.
        """
        if name not in self.muscles:
            raise ParameterError(f"There is no muscle '{name}' here.{near_name(name, self.muscles)}")
        return self.muscles[name]

    def muscle_names_at(self, points_mm: Array) -> list[str]:
        """Name of the muscle at each point of the core, and of the inclusion where there is one."""
        return contents_of(self).names_at(points_mm)

    def fascia_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """Distance of the outer surface of the muscles from the axis."""
        return self.borders_mm(theta_rad, z_mm)[-1]

    def depth_mm(self, points_mm: Array) -> Array:
        """Depth of points below the skin, square to it."""
        p = np.asarray(points_mm, dtype=float)
        theta = np.arctan2(p[:, 1], p[:, 0])
        short = self.outline_mm(theta, p[:, 2]) - np.hypot(p[:, 0], p[:, 1])
        return short / self.slant(theta, p[:, 2])

    # sizes

    def along_mm_of(self, level_share: float) -> float:
        """Place along the axis of a share of the part's own length, as its table counts it."""
        return float(along_mm(self, [level_share])[0])

    @property
    def thickness_of_skin_mm(self) -> float:
        """Thickness of the skin at the usual place."""
        return self.person.skin_mm(self.data["frame"]["skin_of"]) if self.skin_mm is None else self.skin_mm

    def named_girth_mm(self, name: str) -> float:
        """A girth of the person; ``"upper_arm_relaxed"`` is that of the hanging arm."""
        if name == "upper_arm_relaxed":
            return self.person.size_mm("upper_arm") + self.person.relaxed_arm_mm
        return self.person.size_mm(name)

    def tissue(self, name: str) -> Tissue:
        """Conductivities of one tissue, those given before those of the table."""
        across, along, used = self._tabled(name)
        if name == "fat" and self.fat_S_per_m is not None:
            across = along = self.fat_S_per_m
        if name == "skin" and self.dermis_S_per_m is not None:
            across = along = self.dermis_S_per_m
        if name == "muscle":
            across = across if self.muscle_transverse_S_per_m is None else self.muscle_transverse_S_per_m
            along = along if self.muscle_axial_S_per_m is None else self.muscle_axial_S_per_m
        return Tissue(name=name, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along, rows=(used,))

    def _tabled(self, name: str) -> tuple[float, float, str]:
        key = SKIN_MODELS[self.skin_model] if name == "skin" else f"tissues.{name}"
        r = row(key)
        return r["sigma_transverse_S_per_m"], r["sigma_axial_S_per_m"], key
