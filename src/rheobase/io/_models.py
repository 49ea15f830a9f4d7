"""The scenario file as pydantic models: which keys there are, what they may hold, what is meant when one is left out.

Each model describes one table of the file. The dose (pulse, rate, amplitude) has no defaults: it must be said.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from rheobase.errors import ParameterError, UnitError
from rheobase.units import quantity, unit_of

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    """One table of the file: no unknown keys, no guessing of types, units checked where text is given."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _text_with_unit(cls, value: Any, info: ValidationInfo) -> Any:
        unit = "1" if info.field_name == "share" else unit_of(info.field_name or "")
        if unit is None or not isinstance(value, str):
            return value
        try:
            return quantity(value, unit, name=info.field_name or "value")
        except (UnitError, ParameterError) as error:
            raise PydanticCustomError("unit", "{why}", {"why": str(error)}) from None


class About(_Part):
    """What the scenario is."""

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80, description="Short name, used as folder name"),
    ]
    modality: Annotated[Literal["tens", "ems", "nmes"], Field(description="Kind of stimulation")] = "tens"
    summary: Annotated[str, Field(max_length=300, description="One line in plain words")] = ""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1, description="Seed of everything random")] = 1


class Anatomy(_Part):
    """The part of the body under the pads: a forearm by its radius, any other sized for a person."""

    site: Annotated[
        str,
        Field(
            description="Part of the body, as 'rheobase anatomies' lists them",
            examples=["forearm", "knee", "low_back", "shoulder", "thigh"],
        ),
    ]
    radius_mm: Annotated[
        float | None,
        Field(
            gt=0, description="Outer radius, skin included, forearm only; 40 mm if neither it nor the girth is given"
        ),
    ] = None
    girth_mm: Annotated[float | None, Field(gt=0, description="Girth of a forearm, instead of the radius")] = None
    main_girth_mm: Annotated[
        float | None,
        Field(gt=0, description="Girth of any other part at its main level; that of the person if left out"),
    ] = None
    fat_mm: Annotated[
        float | None,
        Field(ge=0, description="Thickness of the fat; 5 mm on a forearm, else the person's own if left out"),
    ] = None
    skin_mm: Annotated[
        float | None,
        Field(
            gt=0,
            description="Thickness of the skin without stratum corneum; 1.5 mm on a forearm, else the person's own",
        ),
    ] = None
    skin_model: Annotated[
        Literal["resolved", "lumped"],
        Field(description="resolved: dermis apart from stratum corneum; lumped: one layer, fit for muscle only"),
    ] = "resolved"
    sex: Annotated[
        Literal["female", "male"] | None, Field(description="Of the person; not for a forearm; male if left out")
    ] = None
    bmi_kg_per_m2: Annotated[
        float | None, Field(gt=0, description="Body mass index of the person; not for a forearm; 25 if left out")
    ] = None
    stature_cm: Annotated[
        float | None, Field(gt=0, description="Height of the person; not for a forearm; that of the reference person")
    ] = None
    age_years: Annotated[
        int | None, Field(gt=0, description="Age of the person; not for a forearm; 30 if left out")
    ] = None


class Pads(_Part):
    """Two pads in line over a nerve, pads at named sites, or the pads a part of the body is usually treated with."""

    over: Annotated[
        str | None,
        Field(
            description="Nerve under the pads; a muscle where the scenario has no anatomy",
            examples=["median", "ulnar", "radial", "quadriceps"],
        ),
    ] = None
    sites: Annotated[
        list[str] | None,
        Field(min_length=2, description="Named sites of the part of the body, one for each pad, instead of a nerve"),
    ] = None
    spacing_mm: Annotated[
        float | None, Field(gt=0, description="Distance of the pad centres along a nerve; 90 mm if left out")
    ] = None
    shape: Annotated[Literal["rectangle", "round"], Field(description="Shape of all pads")] = "rectangle"
    width_mm: Annotated[
        float | None,
        Field(gt=0, description="Size around the body, rectangles only; 50 mm, or that of the usual pads, if left out"),
    ] = None
    length_mm: Annotated[
        float | None,
        Field(gt=0, description="Size along the body, rectangles only; 50 mm, or that of the usual pads, if left out"),
    ] = None
    diameter_mm: Annotated[float | None, Field(gt=0, description="Diameter, round pads only")] = None
    cathode: Annotated[
        str | None,
        Field(
            description="Which pad is the cathode in a cathodic phase: proximal or distal, or the name of a site or"
            " usual pad; the first if left out",
            examples=["proximal", "distal"],
        ),
    ] = None
    contact_impedance_ohm_m2: Annotated[Positive, Field(description="Gel and stratum corneum")] = 1.35


class Pulse(_Part):
    """One pulse."""

    shape: Annotated[
        Literal["monophasic", "biphasic", "exponential", "twin_peak", "tone_burst", "csv"],
        Field(description="Form of the pulse"),
    ]
    width_us: Annotated[float | None, Field(gt=0, description="One phase; every shape but tone_burst and csv")] = None
    gap_us: Annotated[NotNegative, Field(description="Pause between the two phases or peaks")] = 0.0
    leading: Annotated[
        Literal["cathodic", "anodic"], Field(description="Sign of the first phase at the active pad")
    ] = "cathodic"
    ratio: Annotated[float, Field(ge=1, description="How many times longer and lower the second phase is")] = 1.0
    balanced: Annotated[bool, Field(description="Whether the second phase takes back all charge of the first")] = True
    second_width_us: Annotated[float | None, Field(gt=0, description="Second phase of an unbalanced pulse")] = None
    second_relative: Annotated[
        float | None, Field(gt=0, le=1, description="Height of an unbalanced second phase over the first")
    ] = None
    time_constant_us: Annotated[float | None, Field(gt=0, description="Decay of exponential and twin-peak pulses")] = (
        None
    )
    carrier_hz: Annotated[float | None, Field(gt=0, description="Carrier of a tone burst")] = None
    cycles: Annotated[float | None, Field(gt=0, description="Length of a tone burst in cycles")] = None
    duration_us: Annotated[float | None, Field(gt=0, description="Length of a tone burst in time")] = None
    file: Annotated[
        str | None, Field(min_length=1, description="CSV with the samples, relative to this file; shape csv only")
    ] = None


class Train(_Part):
    """How pulses follow one another."""

    rate_hz: Annotated[Positive, Field(description="Pulses per second")]
    duration_s: Annotated[float | None, Field(gt=0, description="Length of the train; the session if left out")] = None


class Output(_Part):
    """What the stimulator puts out."""

    amplitude_mA: Annotated[Positive, Field(description="Peak of one phase")]
    control: Annotated[Literal["current", "voltage"], Field(description="What the stimulator holds constant")] = (
        "current"
    )
    compliance_V: Annotated[Positive, Field(description="Largest voltage the stimulator can raise")] = 100.0
    ramp_up_s: Annotated[NotNegative, Field(description="Time from zero to the amplitude")] = 2.0
    session_min: Annotated[Positive, Field(description="Length of the session")] = 15.0


class Population(_Part):
    """The virtual people that make the bands."""

    people: Annotated[int, Field(ge=2, le=1_000_000, description="How many")] = 300
    share: Annotated[float, Field(gt=0, le=1, description="Share of fibres that must fire for an event to count")] = (
        0.10
    )


class Person(_Part):
    """Thresholds measured on one person, which calibrate the model to that person."""

    perception_mA: Annotated[float | None, Field(gt=0, description="First tingling")] = None
    twitch_mA: Annotated[float | None, Field(gt=0, description="First visible twitch")] = None


class Muscle(_Part):
    """The muscle that contracts, as a dynamometer reads it."""

    name: Annotated[Literal["quadriceps"], Field(description="Which muscle")]
    maximal_Nm: Annotated[Positive, Field(description="Torque of a maximal voluntary contraction")]
    lever_mm: Annotated[Positive, Field(description="From the joint to where the force is read")] = 350.0
    population: Annotated[
        Literal["published", "able_bodied", "sci_acute", "sci_chronic"],
        Field(description="Whose speed and fatigue: published constants, or a group of people"),
    ] = "able_bodied"
    recruitment: Annotated[
        Literal["field", "published_curve"],
        Field(description="field: motor axons in the field of the pads; published_curve: over current, Hmed 2018"),
    ] = "field"


class Limb(_Part):
    """The limb of the muscle: that of a person, with other fat or girth if given."""

    sex: Annotated[Literal["female", "male"], Field(description="Whose limb")] = "male"
    bmi_kg_per_m2: Annotated[Positive, Field(description="Body mass index")] = 25.0
    fat_mm: Annotated[
        float | None, Field(gt=0, description="Thickness of the fat over the muscle; that of the person if left out")
    ] = None
    girth_mm: Annotated[
        float | None, Field(gt=0, description="Girth just below the buttock; that of the person if left out")
    ] = None


class Contractions(_Part):
    """On- and off-times; ramps lie within the on-time."""

    on_s: Annotated[Positive, Field(description="Length of a contraction")]
    off_s: Annotated[Positive, Field(description="Pause after it")]


class Training(_Part):
    """The programme that the session is part of."""

    sessions: Annotated[int, Field(ge=1, le=10_000, description="Sessions in all")]
    weeks: Annotated[Positive, Field(description="Over how many weeks")]
    rest_days: Annotated[
        float | None, Field(ge=1, le=120, description="Days of rest in bed or cast, to set beside it; none if left out")
    ] = None


class ScenarioFile(_Part):
    """A Rheobase scenario: one stimulus, from the pulse to the person."""

    scenario: About
    anatomy: Anatomy | None = None
    pads: Pads
    pulse: Pulse
    train: Train
    output: Output
    population: Population = Field(default_factory=Population)
    person: Person | None = None
    muscle: Muscle | None = None
    limb: Limb | None = None
    contractions: Contractions | None = None
    training: Training | None = None
