"""Using a field: shapes, messages, tables against sums of modes."""

import json

import numpy as np
import pytest

from rheobase.anatomy import Layer, NervePath
from rheobase.electrode import Output, Pad
from rheobase.errors import LimitExceeded, ParameterError, TableError
from rheobase.field import PlainLimb, limb_reference, point_source_V_per_A, solve_field
from rheobase.montage import Montage, pad_pair


def layer(name, radius, across, along=None):
    return Layer(
        name=name, outer_radius_mm=radius, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along or across
    )


LIMB = PlainLimb(
    stack=(
        layer("marrow", 6, 0.08),
        layer("bone", 10, 0.02),
        layer("muscle", 33.5, 1 / 9, 1 / 3),
        layer("fat", 38.5, 1 / 33),
        layer("skin", 40, 0.2),
    ),
    paths=(NervePath(name="median", points_mm=((20, 0, -185), (20, 0, 185)), skin_depth_mm=20, around_deg=30),),
)


@pytest.fixture(scope="module")
def field():
    return solve_field(LIMB, pad_pair(LIMB, output=Output(compliance_V=50.0)))


def scattered(rng, n, around=None):
    r = 40 * np.sqrt(rng.random(n))
    t = rng.uniform(-np.pi, np.pi, n) if around is None else np.full(n, np.deg2rad(around))
    return np.column_stack([r * np.cos(t), r * np.sin(t), rng.uniform(-200, 200, n)])


def test_plane_tables_equal_the_sum_of_modes(field):
    p = scattered(np.random.default_rng(1), 400, around=30)
    exact = field.lead_V_per_A(p, exact=True)
    assert field.plane(30).lead_V_per_A(p) == pytest.approx(exact, abs=3e-4 * np.abs(exact).max())
    deep = np.hypot(p[:, 0], p[:, 1]) < 37
    error = np.abs(field.lead_V_per_A(p) - exact)[:, deep]
    assert error.max() < 3e-5 * np.abs(exact).max()


def test_volume_tables_equal_the_sum_of_modes(field):
    p = scattered(np.random.default_rng(2), 150)
    exact = field.lead_V_per_A(p, exact=True)
    got = field.lead_V_per_A(p)
    assert got == pytest.approx(exact, abs=3e-4 * np.abs(exact).max())


def test_points_all_around(field):
    """A ring at one depth crosses the seam of the grid and several tables."""
    angle = np.linspace(-np.pi, np.pi, 300)
    ring = np.column_stack([30 * np.cos(angle), 30 * np.sin(angle), 45 + 0 * angle])
    exact = field.lead_V_per_A(ring[::10], exact=True)
    assert field.lead_V_per_A(ring)[:, ::10] == pytest.approx(exact, abs=1e-4 * np.abs(exact).max())


def test_axis_and_interfaces(field):
    """Both sides of an interface and any angle on the axis give one potential."""
    angle = np.deg2rad(30)
    for r in (6.0, 10.0, 33.5, 38.5):
        p = np.array([[s * np.cos(angle), s * np.sin(angle), 20.0] for s in (r - 1e-7, r + 1e-7)])
        inside, outside = field.drive_V_per_A(p)
        assert inside == pytest.approx(outside, abs=2e-3)
    on_axis = field.drive_V_per_A(np.array([[0.0, 0.0, 20.0]]))
    assert on_axis == pytest.approx(field.drive_V_per_A(np.array([[0.0, 0.0, 20.0]]), exact=True), abs=1e-3)


def test_drive_is_leads_times_shares(field):
    p = scattered(np.random.default_rng(3), 20, around=30)
    assert field.drive_V_per_A(p) == pytest.approx(np.array([1.0, -1.0]) @ field.lead_V_per_A(p))
    assert field.plane(30).drive_V_per_A(p) == pytest.approx(field.drive_V_per_A(p))


def test_lead_is_positive_near_its_own_contact(field):
    under = np.array([LIMB.on_skin_mm(30, 45, 5), LIMB.on_skin_mm(30, -45, 5)])
    lead = field.lead_V_per_A(under)
    assert lead[0, 0] > 0 > lead[0, 1]
    assert lead[1, 1] > 0 > lead[1, 0]


def test_density_under_the_pads(field):
    d = field.density("proximal")
    assert d.mean_A_per_m2_per_mA == pytest.approx(0.4, rel=1e-6)
    assert d.peak_A_per_m2_per_mA > 0.42
    assert d.density_A_per_m2_per_mA.shape == (d.around_mm.size, d.along_mm.size)
    assert np.all(np.diff(d.around_mm) > 0)
    assert field.density("distal").mean_A_per_m2_per_mA == pytest.approx(-0.4, rel=1e-6)


def test_compliance_through_the_field(field):
    assert field.required_voltage_V(10.0) == pytest.approx(0.01 * field.resistance_ohm)
    with pytest.raises(LimitExceeded, match="compliance_V"):
        field.check_compliance(60.0)


def test_result_knows_its_making(field):
    assert field.method == "cylinder"
    assert "electrodes.stratum_corneum" in field.rows
    assert "cheng1989" in field.sources
    data = field.to_xarray()
    assert data.attrs["zero_of_potential"] == "mean over the body part"
    assert data["admittance_S"].shape == (2, 2)


def test_result_cannot_be_changed(field):
    with pytest.raises(ValueError, match="read-only"):
        field.admittance_S[0, 0] = 1.0


def test_no_points(field):
    assert field.lead_V_per_A(np.empty((0, 3))).shape == (2, 0)


@pytest.mark.parametrize(
    ("points", "match"),
    [
        ([[41.0, 0, 0]], r"41 mm from the axis, outside the limb, whose radius is 40 mm"),
        ([[0, 0, -210.0]], r"z = -210 mm; the limb reaches from -200 to 200 mm"),
        ([[0, 0]], r"shape \(1, 2\); it must be \(n, 3\)"),
        ([[0, 0, np.nan]], "not finite"),
    ],
)
def test_point_messages(field, points, match):
    with pytest.raises(ParameterError, match=match):
        field.lead_V_per_A(np.array(points))


def test_point_off_the_plane(field):
    with pytest.raises(ParameterError, match="off the half-plane at around_deg = 30"):
        field.plane(30).lead_V_per_A(np.array([[20.0, 0.0, 0.0]]))
    with pytest.raises(ParameterError, match="off the half-plane"):
        field.plane(30).lead_V_per_A(-np.array([LIMB.on_skin_mm(30, 0, 20)]))


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"method": "cylindr"}, "Did you mean 'cylinder'"),
        ({"contact": "complet"}, "Did you mean 'complete'"),
        ({"cell_mm": 0.0}, "cell_mm is 0.0 mm"),
        ({"n_theta": 33}, "n_theta is 33; it must be an even number of 16 or more"),
        ({"n_z": 8}, "n_z is 8"),
    ],
)
def test_solve_messages(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        solve_field(LIMB, pad_pair(LIMB), **kwargs)


def test_solve_refuses_what_is_no_limb():
    with pytest.raises(ParameterError, match="anatomy is a str; give a BodyPart"):
        solve_field("forearm", pad_pair(LIMB))  # type: ignore[arg-type]


def test_solve_refuses_overlap():
    pads = (Pad(name="a", width_mm=50, length_mm=50), Pad(name="b", width_mm=50, length_mm=50, along_mm=20, share=-1.0))
    with pytest.raises(ParameterError, match=r"overlap.*at least 50 mm"):
        solve_field(LIMB, Montage(pads=pads))


def test_round_pads():
    f = solve_field(LIMB, pad_pair(LIMB, round_mm=50))
    assert f.density("proximal").mean_A_per_m2_per_mA == pytest.approx(1e-3 / (np.pi * 0.025**2), rel=1e-3)
    assert f.resistance_ohm > solve_field(LIMB, pad_pair(LIMB)).resistance_ohm


def test_small_pads_get_a_finer_grid():
    f = solve_field(LIMB, pad_pair(LIMB, size_mm=(5, 5), spacing_mm=30))
    assert f.cells[1] == 800


@pytest.mark.parametrize(
    ("sigma", "match"),
    [
        (-0.2, "least principal value is -0.2 S/m"),
        ((0.1, 0.2), r"shape \(2,\)"),
        ([[1, 0.5, 0], [0, 1, 0], [0, 0, 1]], "finite and symmetric"),
    ],
)
def test_point_source_sigma_messages(sigma, match):
    with pytest.raises(ParameterError, match=match):
        point_source_V_per_A(np.array([[1.0, 0, 0]]), (0, 0, 0), sigma)


def test_point_source_place_messages():
    with pytest.raises(ParameterError, match="coincides with source_mm"):
        point_source_V_per_A(np.zeros((1, 3)), (0, 0, 0), 0.2)
    with pytest.raises(ParameterError, match=r"points_mm has shape \(3,\)"):
        point_source_V_per_A(np.zeros(3), (0, 0, 0), 0.2)
    with pytest.raises(ParameterError, match=r"source_mm has shape \(2,\)"):
        point_source_V_per_A(np.ones((1, 3)), np.zeros(2), 0.2)


def test_reference_file_messages(tmp_path):
    with pytest.raises(TableError, match="cannot be read"):
        limb_reference(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(TableError, match=r"broken\.json: cannot be read"):
        limb_reference(broken)
    broken.write_text(json.dumps({"title": "x"}))
    with pytest.raises(TableError, match="key 'limb' is missing"):
        limb_reference(broken)
