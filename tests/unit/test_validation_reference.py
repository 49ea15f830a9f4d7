"""Reference files from outside: both formats, models not built, and files that cannot be used."""

import json
from importlib.resources import files

import pytest

from rheobase.errors import TableError
from rheobase.tables import row
from rheobase.validation import summary, validate

BUILT_IN = files("rheobase.tables") / "reference"


def fibre_file(path, **changes):
    """Two fibres of a made-up file: MRG 10 um in a medium of 0.3 S/m, and a model that nobody has."""
    threshold = {
        "distance_mm": 1.0,
        "segments_ms_value": [[0.1, 0.0], [0.1, -1.0]],
        "dt_ms": 0.005,
        "threshold_mA": 0.18306,
    }
    document = {
        "meta": {"sigma_S_per_m": changes.pop("sigma", 0.3)},
        "fibres": [
            {"model": "MRG_DISCRETE", "diameter_um": 10.0, "n_nodes": 21, "thresholds": [threshold | changes]},
            {"model": "NONESUCH", "diameter_um": 1.0, "n_nodes": 9, "thresholds": [threshold]},
        ],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return document


def test_a_fibre_file_runs_and_lists_what_is_not_built(tmp_path):
    path = tmp_path / "mine.json"
    fibre_file(path)
    good, unknown = validate(reference=path)
    assert good["verdict"] == "within"
    assert good["tolerance"] == row("published.fibre_thresholds")["tolerance"] == 0.01
    assert good["ours"] == pytest.approx(0.18306, rel=0.01)
    assert good["name"] == "MRG_DISCRETE 10 um, 1 mm, 0.1:0 0.1:-1, dt 0.005 ms"
    assert (unknown["verdict"], unknown["ours"], unknown["published"]) == ("not built", None, 0.18306)
    assert "NONESUCH is not built" in unknown["note"]
    assert {good["group"], unknown["group"]} == {"reference"}
    assert good["source"] == "mine.json"


SPIKE = {
    "dt_ms": 0.005, "stim_node": 2, "iclamp": {"delay_ms": 0.1, "dur_ms": 0.1, "amp_nA": 3.0}, "nodes": [8, 14],
    "cv_m_per_s": 51.33, "rest_mV": -79.96, "peak_mV": 28.39, "half_width_ms": 0.3031,
}  # fmt: skip


def with_spike(path, **changes):
    document = fibre_file(path)
    for fibre in document["fibres"]:
        fibre["cv_interpolated"] = [SPIKE | changes]
    path.write_text(json.dumps(document), encoding="utf-8")


def test_spikes_under_way_are_compared(tmp_path):
    path = tmp_path / "mine.json"
    with_spike(path)
    rows = {r["name"]: r for r in validate(reference=path)}
    ours = {k: r for k, r in rows.items() if k.startswith("MRG_DISCRETE 10 um, dt 0.005 ms, ")}
    assert [k.rsplit(", ")[-1] for k in ours] == ["velocity", "peak", "half width", "rest"]
    assert {r["verdict"] for r in ours.values()} == {"within"}
    assert [r["unit"] for r in ours.values()] == ["m/s", "mV", "ms", "mV"]
    assert rows["NONESUCH 1 um, dt 0.005 ms, velocity"]["verdict"] == "not built"


@pytest.mark.parametrize(
    ("change", "name"),
    [({"cv_m_per_s": 51.9}, "velocity"), ({"peak_mV": 27.8}, "peak"), ({"half_width_ms": 0.31}, "half width"),
     ({"rest_mV": -79.94}, "rest")],
)  # fmt: skip
def test_a_spike_that_differs_is_outside(tmp_path, change, name):
    path = tmp_path / "mine.json"
    with_spike(path, **change)
    outside = [r["name"] for r in validate(reference=path) if r["verdict"] == "outside"]
    assert outside == [f"MRG_DISCRETE 10 um, dt 0.005 ms, {name}"]


def test_other_nodes_and_no_spike_are_said(tmp_path):
    path = tmp_path / "mine.json"
    with_spike(path, nodes=[5, 9])
    assert "Timed between nodes (8, 14), not [5, 9]." in [r["note"] for r in validate(reference=path)]
    with_spike(path, iclamp={"delay_ms": 0.1, "dur_ms": 0.1, "amp_nA": 0.01})
    silent = [r for r in validate(reference=path) if "Raise current_nA" in r["note"]]
    assert {r["verdict"] for r in silent} == {"not comparable"}
    with_spike(path, dt_ms="soon")
    with pytest.raises(TableError, match=r"cv_interpolated\[0\]: holds a value that cannot be used"):
        validate(reference=path)


@pytest.mark.parametrize("sigma", [0.6, [0.6, 0.6, 0.6]])
def test_the_medium_of_the_file_counts(tmp_path, sigma):
    path = tmp_path / "mine.json"
    fibre_file(path, sigma=sigma)
    good = validate(reference=path)[0]
    assert good["verdict"] == "outside"
    assert good["ours"] == pytest.approx(2 * 0.18306, rel=0.01)


def test_step_pulse_and_watched_node_of_the_file_count(tmp_path):
    path = tmp_path / "mine.json"
    document = fibre_file(path, dt_ms=0.001, threshold_mA=0.18112)
    assert validate(reference=path)[0]["verdict"] == "within"
    # two rectangles of half the width each are the same pulse; watching the middle node changes next to nothing
    document["fibres"][0]["thresholds"][0]["segments_ms_value"] = [[0.05, 0.0], [0.05, -1.0], [0.05, -1.0]]
    document["fibres"][0] |= {"detect_node": 14, "tail_ms": 2.0, "mid_node": 10, "temperature_C": 37}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert validate(reference=path)[0]["verdict"] == "within"
    document["fibres"][0]["thresholds"][0]["offset_internodes"] = 0.5
    path.write_text(json.dumps(document), encoding="utf-8")
    shifted = validate(reference=path)[0]
    assert shifted["ours"] > 1.1 * 0.18112
    assert "0.5 internode off" in shifted["name"]


def test_a_diameter_that_a_model_lacks_is_not_comparable(tmp_path):
    path = tmp_path / "mine.json"
    document = fibre_file(path)
    document["fibres"][0]["diameter_um"] = 10.5
    path.write_text(json.dumps(document), encoding="utf-8")
    first = validate(reference=path)[0]
    assert first["verdict"] == "not comparable"
    assert "10.5 um is not one of MRG's published diameters" in first["note"]


def test_a_limb_file_runs(tmp_path):
    document = json.loads((BUILT_IN / "limb_field.json").read_text(encoding="utf-8"))
    document["points"] = document["points"][::7]
    path = tmp_path / "limb.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert summary(validate(reference=path)) == {"within": 5, "outside": 0, "not comparable": 0, "not built": 0}
    at = document["columns"].index("potential_mV_per_mA")
    for point in document["points"]:
        point[at] += 5.0
    path.write_text(json.dumps(document), encoding="utf-8")
    rows = validate(reference=path)
    assert summary(rows)["within"] == 5
    assert "zero of potential is a convention" in rows[0]["note"]
    for point in document["points"]:
        point[at] *= 1.05
    document["pad_to_pad_resistance_ohm"] = 1500.0
    path.write_text(json.dumps(document), encoding="utf-8")
    assert summary(validate(reference=path))["outside"] == 3


def test_a_limb_that_conducts_around_unlike_across_is_not_built(tmp_path):
    document = json.loads((BUILT_IN / "limb_field.json").read_text(encoding="utf-8"))
    document["limb"]["layers"][2]["sigma_azimuthal_S_per_m"] *= 2
    path = tmp_path / "limb.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert [r["verdict"] for r in validate(reference=path)] == ["not built"]


def test_a_named_comparison_and_a_file_run_together(tmp_path):
    path = tmp_path / "mine.json"
    fibre_file(path)
    told = []
    rows = validate("tissues", path, progress=lambda what, share: told.append(share))
    assert [r["group"] for r in rows] == ["tissues"] * 5 + ["reference"] * 2
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "holds a list, not an object"),
        ('{"rows": []}', r"neither key 'fibres' nor key 'limb' is there \(found: 'rows'\)"),
        ("{}", r"\(found: none\)"),
        ('{"fibres": [{"model": "PENA"}]}', r"fibres\[0\]: key 'diameter_um' is missing"),
        ('{"fibres": [{"model": "PENA", "diameter_um": 2, "n_nodes": 9}]}', "key 'sigma_S_per_m' is missing"),
        ('{"fibres": [7]}', r"fibres\[0\]: key 'model' is missing"),
        ('{"fibres": 7}', "cannot be used as a reference"),
        ('{"limb": {"layers": []}}', "key 'length_mm' is missing|cannot be used"),
        ('{"limb": {}}', "key 'layers' is missing"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path, text, message):
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=message) as refusal:
        validate(reference=path)
    assert "broken.json" in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold_mA": "much"}, r"thresholds\[0\]: holds a value that cannot be used"),
        ({"dt_ms": 0.0}, r"thresholds\[0\]: holds a value that cannot be used: dt_ms 0 ms"),
        ({"segments_ms_value": [[0.1]]}, r"thresholds\[0\]: holds a value that cannot be used"),
        ({"segments_ms_value": [[0.1, 0.0]]}, "All samples of the stimulus are zero"),
        ({"sigma": -1.0}, "sigma_S_per_m"),
        ({"sigma": "salty"}, "sigma_S_per_m|cannot be used"),
    ],
)
def test_a_broken_row_is_refused_by_place(tmp_path, changes, message):
    path = tmp_path / "broken.json"
    fibre_file(path, **changes)
    with pytest.raises(TableError, match=message) as refusal:
        validate(reference=path)
    assert "broken.json" in str(refusal.value)


def test_a_missing_key_of_a_row_is_named(tmp_path):
    path = tmp_path / "broken.json"
    document = fibre_file(path)
    del document["fibres"][0]["thresholds"][0]["threshold_mA"]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(TableError, match=r"broken.json: fibres\[0\].thresholds\[0\]: key 'threshold_mA' is missing"):
        validate(reference=path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TableError, match="cannot be read: No such file"):
        validate(reference=tmp_path / "none.json")
