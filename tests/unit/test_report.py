"""The report: self-contained, harmless, the same each time, and nothing missing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rheobase.report import report_html, write_report
from rheobase.report.figures import MUSCLE, PICTURES, WALKING, lowest_limit
from rheobase.report.words import band, limit_mA, number, percent, unit

SAMPLE = json.loads((Path(__file__).parents[1] / "data" / "result_sample.json").read_text(encoding="utf-8"))
PAGE = report_html(SAMPLE)


class Outline(HTMLParser):
    """Which tags are open, which ids and addresses there are, and the words."""

    VOID = ("meta", "link", "br", "img", "input", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self.addresses += [v for k, v in attrs if k in ("href", "src", "xlink:href") and v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


OUTLINE = Outline(PAGE)


def test_the_page_is_well_formed_and_stands_alone():
    assert OUTLINE.open == []
    assert len(set(OUTLINE.ids)) == len(OUTLINE.ids)
    outside = [a for a in OUTLINE.addresses if not a.startswith("#")]
    assert all(a.startswith(("https://doi.org/", "data:")) for a in outside), outside
    assert not re.search(r"@import|<script|url\(\s*['\"]?http", PAGE)
    assert len(PAGE.encode()) < 3_000_000


def test_every_reference_inside_a_figure_has_its_target():
    used = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', PAGE))
    assert used <= set(OUTLINE.ids)


def test_the_same_result_gives_the_same_bytes():
    assert report_html(json.loads(json.dumps(SAMPLE))) == PAGE
    assert not re.search(r"20\d\d-\d\d-\d\dT|matplotlib\.org", PAGE)


def test_the_answer_comes_first_then_the_picture_then_the_detail():
    places = [
        PAGE.index(SAMPLE["answer"]),
        PAGE.index('id="overview-wide'),
        PAGE.index('id="arm"'),
        PAGE.index('id="safety"'),
    ]
    assert places == sorted(places)


def test_colours_follow_light_and_dark():
    style = PAGE[: PAGE.index("</style>")]
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    drawn = PAGE[PAGE.index("</style>") :]
    for name in set(re.findall(r"var\(--([a-z-]+)\)", drawn)):
        assert style.count(f"--{name}:") == 2, name


def test_every_figure_has_caption_label_units_and_its_numbers():
    shown = [p for p in PICTURES if p not in (*MUSCLE, *WALKING)]
    for picture in shown:
        assert picture.has_data(SAMPLE), picture.id
        assert picture.caption(SAMPLE)
        head, body = picture.table(SAMPLE)
        assert len(body) > 1
        assert all(len(row) == len(head) for row in body)
    count = len(shown)
    assert PAGE.count("<figcaption>") == PAGE.count("<summary>Data</summary>") == count
    assert PAGE.count('<svg role="img" aria-label="') == 2 * count


def test_what_the_scenario_says_cannot_become_markup():
    evil = "<script>alert('x')</script>\"&"
    result = json.loads(json.dumps(SAMPLE))

    def spoil(value):
        if isinstance(value, dict):
            return {
                k: spoil(v) if k not in ("kind", "role", "shape", "unit", "bound", "id", "colour", "png_base64") else v
                for k, v in value.items()
            }
        if isinstance(value, list):
            return [spoil(v) for v in value]
        return value + evil if isinstance(value, str) else value

    page = report_html(spoil(result))
    assert "<script" not in page
    assert Outline(page).open == []


def test_missing_parts_are_left_out():
    for gone in (("answer", "scenario", "anatomy", "safety"), ("pulse", "field", "events", "calibrated")):
        result = {k: v for k, v in SAMPLE.items() if k not in gone}
        assert Outline(report_html(result)).open == []
    assert "<svg" not in report_html({"answer": "Nothing fires."})


def test_unknown_thresholds_show_as_a_dash():
    result = json.loads(json.dumps(SAMPLE))
    for event in result["events"]:
        event["amplitude_mA"] = {"nominal": None, "median": None, "p5": None, "p95": None}
    assert "tingling begins at – mA" in report_html(result)


def test_the_report_says_whether_it_is_calibrated():
    assert "Not calibrated to a person" in PAGE
    calibration = {"perception_mA": 4.5, "twitch_mA": 11.0, "sensory_factor": 1.8, "motor_factor": 1.2}
    page = report_html({**SAMPLE, "calibrated": True, "calibration": calibration})
    assert "Calibrated to one person: tingling measured at 4.5 mA; twitch measured at 11 mA" in page
    assert "sensory thresholds times 1.8, motor thresholds times 1.2" in page


def test_unconfirmed_limits_are_named_as_such():
    assert "(unconfirmed)" in PAGE
    assert "attention above 1.8 mA/cm²" in PAGE
    assert "Use larger pads" in PAGE


def test_the_first_limit_is_found():
    found = lowest_limit(SAMPLE)
    assert found is not None
    assert found[0] == pytest.approx(10 * (0.25 / 0.0018) ** 0.5)
    assert lowest_limit({}) is None


def test_the_file_is_utf_8(tmp_path):
    write_report(SAMPLE, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0, "0"), (9.3, "9.3"), (15.0, "15"), (1530.4, "1530"), (-4.0, "−4"), (0.00179, "0.00179"),
     (99.96, "100"),
     (True, "yes"), (float("nan"), "–"), (None, "–"), ("x", "x"), (3e-6, "3 × 10^−6"), (120000, "120000")],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_words():
    assert unit("ohm") == "Ω"
    assert percent(None) == "–"
    assert band({"nominal": 3.0}) == "3"
    assert limit_mA({"unit": "Hz", "value": 80.0, "limit": 200.0}, 10.0) is None
    assert limit_mA({"unit": "W/cm2", "value": 1.0, "limit": 4.0}, 10.0) == 20.0
    assert limit_mA({"unit": "mA", "value": 1.0, "limit": 4.0, "verdict": "not applicable"}, 10.0) is None
