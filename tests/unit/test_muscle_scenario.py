"""Scenarios about a muscle: from the file to the report, and what is refused on the way."""

import json

import numpy as np
import pytest

from rheobase.effect import KneeExtensors, comfort, session_torque
from rheobase.errors import LimitExceeded, ParameterError, ScenarioError
from rheobase.io.netcdf import result_dataset
from rheobase.io.results import plain
from rheobase.io.scenario import load_scenario, parse_scenario, scenario_toml
from rheobase.pulse import Programme, biphasic, train
from rheobase.report import report_html
from rheobase.report.figures import MUSCLE
from rheobase.report.figures.reach import REACH
from rheobase.report.figures.view import VIEW
from rheobase.scenario import run
from rheobase.scenario.build import muscle_chain

FEW = {"population.people": 6, "muscle.recruitment": "published_curve"}


@pytest.fixture(scope="module")
def ems():
    return plain(run("ems-quadriceps", FEW))


@pytest.fixture(scope="module")
def nmes():
    return plain(run("nmes-knee", FEW))


def test_the_session_is_told(ems):
    torque = ems["torque"]
    assert len(torque["begin_min"]) == 36
    assert torque["begin_min"][-1] == pytest.approx(35 * 25 / 60, abs=1e-3)
    assert 0.2 < torque["evoked_share"]["nominal"] < 0.5
    assert torque["peak_Nm"]["p5"][0] < torque["peak_Nm"]["median"][0] < torque["peak_Nm"]["p95"][0]
    assert 0.0 < torque["fall_share"]["nominal"] < 0.5
    assert max(torque["last"]["torque_Nm"]) < max(torque["first"]["torque_Nm"])
    assert "N m" in ems["answer"]
    assert "exercise does as well" in ems["answer"]


def test_a_programme_of_weeks_and_of_rest_is_told(nmes):
    plan = nmes["training"]
    assert (plan["sessions"], plan["weeks"], plan["contractions"]) == (36, 16, 15)
    assert plan["strength"]["p5"] < plan["strength"]["median"] < plan["strength"]["p95"]
    assert plan["rest"]["size"]["median"] < plan["rest"]["stimulated_size"]["median"] < 0
    assert json.dumps(nmes, allow_nan=False)


def test_without_a_programme_nothing_is_said_of_weeks():
    text = scenario_toml(load_scenario("ems-quadriceps", FEW)).replace("[training]\nsessions = 18\nweeks = 6.0\n", "")
    result = run(parse_scenario(text))
    assert result["training"] is None
    assert "exercise" not in result["answer"]


def test_the_same_seed_gives_the_same_result(ems):
    assert plain(run("ems-quadriceps", FEW)) == ems


def test_the_report_shows_every_picture_and_the_files_hold_the_curves(ems):
    page = report_html(ems)
    assert not REACH.has_data(ems)  # a published curve knows no skin
    for picture in (p for p in MUSCLE if p is not REACH):
        assert picture.has_data(ems), picture.id
        head, body = picture.table(ems)
        assert body
        assert all(len(row) == len(head) for row in body)
        assert f'id="{picture.id}"' in page
    assert "Not fitted to a person" in page
    data = result_dataset(ems)
    assert data["peak_torque_median"].attrs["units"] == "N m"
    assert data["peak_torque_median"].size == 36


def test_a_scenario_is_written_as_it_is_read():
    scenario = load_scenario("nmes-knee")
    assert parse_scenario(scenario_toml(scenario)) == scenario
    assert scenario.anatomy is None


def test_a_dose_over_the_limits_is_refused():
    with pytest.raises(LimitExceeded):
        run("ems-quadriceps", {"output.amplitude_mA": 400, **FEW})


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("ems-quadriceps", {"muscle.maximal_Nm": -5}, "muscle.maximal_Nm"),
        ("ems-quadriceps", {"muscle.population": "sci_cronic"}, "sci_chronic"),
        ("ems-quadriceps", {"pads.over": "median"}, "names a nerve where there is an anatomy"),
        ("tens-forearm", {"pads.over": "quadriceps"}, "names a nerve where there is an anatomy"),
        ("tens-forearm", {"contractions.on_s": 5, "contractions.off_s": 5}, r"\[contractions\] needs the table"),
        ("tens-forearm", {"muscle.name": "quadriceps", "muscle.maximal_Nm": 200}, "side by side"),
    ],
)
def test_tables_that_do_not_belong_together_are_refused(name, change, says):
    with pytest.raises(ScenarioError, match=says):
        load_scenario(name, change)


def test_missing_tables_are_named():
    text = scenario_toml(load_scenario("ems-quadriceps"))
    with pytest.raises(ScenarioError, match=r"\[contractions\] is missing"):
        parse_scenario(text.replace("[contractions]\non_s = 5.0\noff_s = 20.0\n", ""))
    start, end = text.index("[muscle]"), text.index("[contractions]")
    with pytest.raises(ScenarioError, match=r"\[anatomy\] is missing"):
        parse_scenario(text[:start] + text[end:])


def plan(**change):
    given = {"train": train(biphasic(width_us=300), rate_hz=50), "amplitude_mA": 40, "duration_s": 120, "on_s": 10,
             "off_s": 20, "ramp_up_s": 1} | change  # fmt: skip
    return Programme(**given)


def test_people_differ_and_the_first_is_the_middle_one():
    done = session_torque(KneeExtensors(maximal_Nm=200.0), plan(), people=8)
    again = session_torque(KneeExtensors(maximal_Nm=200.0), plan(), people=8, seed=2)
    np.testing.assert_array_equal(done.peak_Nm[0], again.peak_Nm[0])
    assert done.maximal_Nm[0] == 200.0
    assert len(set(done.maximal_Nm)) == 8


def test_strength_scales_torque_and_leaves_the_share():
    weak, strong = (session_torque(KneeExtensors(maximal_Nm=m), plan(), people=2) for m in (100.0, 200.0))
    np.testing.assert_allclose(2 * weak.peak_Nm[0], strong.peak_Nm[0], rtol=1e-9)
    assert weak.evoked_share[0] == pytest.approx(strong.evoked_share[0])


def test_a_contraction_cut_short_by_the_end_of_the_session_is_not_counted():
    whole, cut = (session_torque(KneeExtensors(maximal_Nm=200.0), plan(duration_s=d), people=2) for d in (120, 125))
    assert len(whole.begin_s) == len(cut.begin_s) == 4
    np.testing.assert_allclose(whole.peak_Nm, cut.peak_Nm, rtol=1e-9)


def test_an_injured_muscle_tires_faster():
    able, injured = (
        session_torque(KneeExtensors(maximal_Nm=200.0, population=p), plan(amplitude_mA=80), people=2).fall_share[0]
        for p in ("able_bodied", "sci_chronic")
    )
    assert injured > able


@pytest.mark.parametrize(
    ("amplitude_mA", "says"),
    [(3.0, "not felt"), (15.0, "too weak to contract"), (35.0, "stronger than needed"), (60.0, "above what people")],
)
def test_comfort_in_words(amplitude_mA, says):
    assert says in comfort(amplitude_mA).text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: KneeExtensors(maximal_Nm=0.0), "maximal_Nm is 0.0 N m"),
        (lambda: KneeExtensors(maximal_Nm=10.0, population="all"), "There is no population 'all'"),
        (lambda: session_torque(KneeExtensors(maximal_Nm=10.0), plan(), people=1), "at least 2 people"),
        (lambda: session_torque(KneeExtensors(maximal_Nm=10.0), plan(on_s=None, off_s=0)), "needs on_s and off_s"),
        (lambda: comfort(-1.0), "amplitude_mA is -1 mA"),
        (lambda: session_torque(KneeExtensors(maximal_Nm=10.0), plan(duration_s=5)), "not one contraction fits"),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ParameterError, match=says):
        make()


@pytest.fixture(scope="module")
def field():
    return plain(run("ems-quadriceps", {"population.people": 4, "output.amplitude_mA": 25}))


def test_in_the_field_of_a_thigh_units_fire_by_place_and_skin_fibres_beside_them(field):
    reach, torque = field["reach"], field["torque"]
    assert reach["units_count"] == 400
    share = np.interp(25.0, reach["amplitude_mA"], reach["torque_share"]["nominal"])
    assert torque["evoked_share"]["nominal"] == pytest.approx(share / 0.91, rel=0.25)  # less what fatigue takes
    assert len(reach["muscles"]) == 4
    assert all(np.all(np.diff(one["share"]) >= 0) for one in reach["muscles"])
    levels = {one["id"]: one for one in reach["levels"]}
    assert levels["tingling"]["median_mA"] < reach["motor_threshold_mA"]["median"] < levels["pain"]["p95_mA"]
    assert "sharp in the median person" in field["answer"]
    assert json.dumps(field, allow_nan=False)


def test_the_report_of_a_field_has_torque_and_discomfort_side_by_side(field):
    page = report_html(field)
    for picture in (*MUSCLE, VIEW):
        assert picture.has_data(field), picture.id
        assert f'id="{picture.id}"' in page
    head, body = REACH.table(field)
    assert all(len(row) == len(head) for row in body)
    assert "tells what that current depends on" in page
    assert "recruitment curve of Hmed" not in page


def test_limb_and_pads_are_keys_of_the_scenario():
    plain_one = muscle_chain(load_scenario("ems-quadriceps"))
    other = muscle_chain(
        load_scenario("ems-quadriceps", {"limb.sex": "female", "limb.fat_mm": "1.4 cm", "pads.width_mm": 40})
    )
    assert (other.limb.person.sex, other.limb.fat_mm, other.montage.pads[0].width_mm) == ("female", 14.0, 40.0)
    assert plain_one.montage.pads[1].share == 1.0  # the cathode lies over vastus medialis
    round_one = muscle_chain(load_scenario("ems-quadriceps", {"pads.shape": "round", "pads.diameter_mm": 50}))
    assert round_one.montage.pads[0].diameter_mm == 50.0
    with pytest.raises(ParameterError, match="fat_mm is 70 mm"):
        muscle_chain(load_scenario("ems-quadriceps", {"limb.fat_mm": 70}))
    with pytest.raises(ScenarioError, match=r"\[limb\] needs the table \[muscle\]"):
        load_scenario("tens-forearm", {"limb.sex": "male"})
    with pytest.raises(ScenarioError, match=r"muscle\.recruitment"):
        load_scenario("ems-quadriceps", {"muscle.recruitment": "fields"})
