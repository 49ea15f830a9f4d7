"""Montages: balance, overlap, skin."""

import pytest

from rheobase.anatomy import Layer, NervePath
from rheobase.electrode import Interface, Output, Pad
from rheobase.errors import ParameterError
from rheobase.field import PlainLimb
from rheobase.montage import Montage, check_fit, pad_pair

SKIN = Layer(name="skin", outer_radius_mm=40.0, sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
MEDIAN = NervePath(name="median", points_mm=((0, 20, -185), (0, 20, 185)), skin_depth_mm=20, around_deg=90)
LIMB = PlainLimb(stack=(SKIN,), paths=(MEDIAN,))


def pad(name, share=1.0, **more):
    size = {} if more.get("shape") == "round" else {"width_mm": 50, "length_mm": 50}
    return Pad(name=name, share=share, **{**size, **more})


def test_pad_pair_sits_over_the_nerve():
    m = pad_pair(LIMB, over="median", spacing_mm=80, size_mm=(40, 60), centre_mm=10)
    assert m.names == ("proximal", "distal")
    assert [p.along_mm for p in m.pads] == [50, -30]
    assert [p.around_deg for p in m.pads] == [90, 90]
    assert (m.pads[0].width_mm, m.pads[0].length_mm) == (40, 60)
    assert m.shares == (1.0, -1.0)
    assert m.output.control == "current"


def test_pad_pair_options():
    m = pad_pair(
        LIMB, cathode="distal", round_mm=32, interface=Interface(series_ohm_m2=2.0), output=Output(compliance_V=50)
    )
    assert m.shares == (-1.0, 1.0)
    assert m.pad("distal").shape == "round"
    assert m.pad("distal").diameter_mm == 32
    assert m.pad("proximal").interface.contact_impedance_ohm_m2 == 2.0
    assert m.output.compliance_V == 50


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"over": "medain"}, "Did you mean 'median'"),
        ({"cathode": "proximl"}, "Did you mean 'proximal'"),
        ({"spacing_mm": 0}, "spacing_mm is 0 mm.*above 0"),
        ({"spacing_mm": 40}, r"'proximal' and 'distal' overlap.*40 mm apart.*at least 50 mm"),
        ({"spacing_mm": 30, "round_mm": 32}, r"overlap.*at least 32 mm"),
        ({"spacing_mm": 380}, r"'proximal' lies off the skin.*215 mm.*-200 and 200 mm"),
        ({"centre_mm": -140}, r"'distal' lies off the skin.*-210 mm"),
        ({"size_mm": (260, 50)}, r"off the skin: width_mm is 260 mm.*girth.*251\.3 mm"),
    ],
)
def test_pad_pair_messages(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        pad_pair(LIMB, **kwargs)


def test_pads_may_touch():
    pad_pair(LIMB, spacing_mm=50)


def test_pads_on_opposite_sides_do_not_overlap():
    m = Montage(pads=(pad("a"), pad("b", -1.0, around_deg=180)))
    check_fit(LIMB, m)


def test_overlap_across_the_seam():
    """-170 and 170 degrees are 20 degrees apart, 14 mm on this limb."""
    with pytest.raises(ParameterError, match="'a' and 'b' overlap"):
        check_fit(LIMB, Montage(pads=(pad("a", around_deg=170), pad("b", -1.0, around_deg=-170))))


def test_round_pad_fits_into_the_corner_of_a_square():
    """A disc beside the corner of a square is nearer than its box would allow, to within the curve of its edge."""
    disc = pad("b", -1.0, shape="round", diameter_mm=20, along_mm=33.0, around_deg=47.0)
    check_fit(LIMB, Montage(pads=(pad("a"), disc)))
    with pytest.raises(ParameterError, match="overlap"):
        check_fit(LIMB, Montage(pads=(pad("a"), pad("b", -1.0, shape="round", diameter_mm=20, along_mm=34.0))))


@pytest.mark.parametrize(
    ("pads", "match"),
    [
        ((pad("a"),), "1 pads.*at least 2"),
        ((pad("a"), pad("a", -1.0)), "2 pads are named 'a'"),
        ((pad("a"), pad("b", -0.5)), r"sum to \+0\.5.*sum to 0"),
        ((pad("a", 0.5), pad("b", -0.5)), r"active shares sum to 0\.5"),
    ],
)
def test_montage_messages(pads, match):
    with pytest.raises(ParameterError, match=match):
        Montage(pads=pads)


def test_unknown_pad():
    with pytest.raises(ParameterError, match=r"no pad 'proximl'.*Did you mean 'proximal'"):
        pad_pair(LIMB).pad("proximl")
