"""The view on paper and on the page: pixels, self-contained, within its size, the same each time."""

from __future__ import annotations

import base64
import io
import json
import re
import struct

import numpy as np
import pytest
from matplotlib.image import imread
from view_cases import montage, stump_scene

from rheobase.report import view_html, view_png
from rheobase.report.view.gallery import gallery_page
from rheobase.report.view.mesh import Mesh, Texture
from rheobase.report.view.page import _packed_texture
from rheobase.report.view.palette import WORDS, drive_rgb, rgb, variables
from rheobase.report.view.png import png_bytes
from rheobase.report.view.raster import draw, frame_of
from rheobase.report.view.scene import Scene
from rheobase.report.view.still import view_part

SCENE = stump_scene()
PART = view_part(SCENE, width_px=340)
PNG = view_png(SCENE)
PAGE = view_html(SCENE, still_png=PNG, disclaimer="Not a medical device.")
DATA = json.loads(re.search(r'id="scene">(.*?)</script>', PAGE, re.DOTALL)[1])  # type: ignore[index]


def only(*triangles: Mesh) -> Scene:
    kept = {name: getattr(SCENE, name) for name in Scene.__dataclass_fields__}
    return Scene(**{**kept, "meshes": triangles, "views": {"start": np.eye(3)}})


def square(colour: str, z: float, size: float = 10.0) -> Mesh:
    points = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0.0]]) * size / 2 + [0, 0, z]
    return Mesh(name=colour, colour=colour, points_mm=points, triangles=np.array([[0, 1, 2], [0, 2, 3]]),
                normals=np.tile([0.0, 0.0, 1.0], (4, 1)))  # fmt: skip


def test_the_nearer_triangle_is_seen_and_the_rest_is_clear():
    scene = only(square("line", 1.0, 4.0), square("skin", 5.0, 10.0), square("line", 9.0, 2.0))
    pixels = draw(scene, frame_of(scene, 100, margin_relative=0.05), finer=1)
    assert pixels.shape == (100, 100, 4)
    assert pixels[2, 2, 3] == 0
    assert pixels[50, 50, :3].tolist() == np.round(255 * rgb("line")).tolist(), "the small square in front"
    lit = 0.6 + 0.4 * 0.76 / np.linalg.norm([-0.35, 0.55, 0.76])
    np.testing.assert_allclose(pixels[20, 50, :3], 255 * rgb("skin") * lit, atol=1)
    assert (pixels[..., 3] > 0).mean() == pytest.approx(0.81, abs=0.02)


def test_the_picture_has_the_scale_that_it_claims():
    scene = only(square("skin", 0.0, 10.0))
    frame = frame_of(scene, 200)
    assert frame.px_per_mm == pytest.approx(18.0)
    drawn = draw(scene, frame, finer=2)[..., 3] > 127
    assert np.ptp(np.nonzero(drawn)[1]) + 1 == pytest.approx(180, abs=1)


def test_the_still_shows_every_part_of_the_scene():
    image = imread(io.BytesIO(base64.b64decode(PART["png_base64"])), format="png")
    assert image.shape == (PART["height_px"], PART["width_px"], 4)
    seen = image[image[..., 3] == 1][:, :3]
    for word in ("skin", "fat", "muscle", "bone", "pad", "line"):
        shades = np.linspace(0.6, 1.0, 30)[:, None] * rgb(word)
        gap = min(np.abs(seen - shade).max(axis=1).min() for shade in shades)
        assert gap < 0.03, word
    assert {label["kind"] for label in PART["labels"]} == {"pad", "end", "nerve", "level"}
    assert json.loads(json.dumps(PART)) == PART


def test_the_png_is_whole_and_the_same_each_time():
    width, height = struct.unpack(">II", PNG[16:24])
    assert width == 1360
    assert 400 < height < 1800
    assert len(PNG) > 50_000
    picture = imread(io.BytesIO(PNG), format="png")
    assert picture[..., :3].std() > 0.1
    assert view_png(SCENE) == PNG
    assert b"Software" not in PNG[:300]


def test_a_small_picture_keeps_the_colours_of_the_scale():
    small = imread(io.BytesIO(view_png(SCENE, small=True)), format="png")[..., :3]
    assert small.shape[1] == 680
    for end in (-1.0, 1.0):
        assert np.abs(small - drive_rgb(np.array(end))).max(axis=2).min() < 0.08


def test_pixels_survive_their_png():
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 4)).astype(np.uint8)
    back = imread(io.BytesIO(png_bytes(pixels)), format="png")
    np.testing.assert_array_equal(np.round(255 * back).astype(np.uint8), pixels)


def test_the_page_stands_alone_and_is_small():
    assert len(PAGE.encode()) < 3_000_000
    outside = re.findall(
        r"""(?:src|href)=["'](?!data:|#)[^"']*|url\(|@import|https?://(?!www\.w3\.org)[^"'\s]*""", PAGE
    )
    assert outside == []
    for word in ("fetch(", "XMLHttpRequest", "import(", "WebSocket", "eval("):
        assert word not in PAGE
    assert view_html(SCENE, still_png=PNG, disclaimer="Not a medical device.") == PAGE


def test_what_the_title_says_cannot_become_markup():
    assert "A stump <&>" not in PAGE
    assert "A stump &lt;&amp;&gt;" in PAGE
    assert PAGE.count("</script>") == 2


def test_the_page_can_be_used_without_eyes_or_mouse():
    assert re.search(r'<canvas id="picture" tabindex="0" role="img" aria-label="[^"]{100,}"', PAGE)
    for act in ("left", "right", "up", "down", "nearer", "farther", "start"):
        assert f'data-act="{act}"' in PAGE
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "pointerdown", "prefers-color-scheme"):
        assert key in PAGE
    assert 'role="status"' in PAGE
    assert PAGE.count("<table") == 4
    assert "activating function (mV/mm² per mA)" in PAGE
    assert "<noscript" not in PAGE, "without scripts the still is what is seen"
    assert '<img class="still" alt="' in PAGE
    assert "Not a medical device." in PAGE


def test_what_the_page_holds_is_the_scene():
    assert len(DATA["meshes"]) == len(SCENE.meshes)
    for packed, mesh in zip(DATA["meshes"], SCENE.meshes, strict=True):
        points = np.frombuffer(base64.b64decode(packed["points"]), "<i2").reshape(-1, 3) * DATA["mm_per_step"]
        np.testing.assert_allclose(points, mesh.points_mm, atol=DATA["mm_per_step"])
        kind = "<u2" if packed["corners"] <= 65535 else "<u4"
        triangles = np.frombuffer(base64.b64decode(packed["triangles"]), kind).reshape(-1, 3)
        np.testing.assert_array_equal(triangles, mesh.triangles)
        assert packed["colour"] in {*DATA["words"], "drive"}
    assert set(DATA["views"]) == {"start", "front", "outside", "end"}


def test_runs_of_pixels_unfold_again():
    pixels = np.zeros((300, 400), dtype=np.uint8)
    pixels[200:, 7] = 3
    packed = _packed_texture(Texture(pixels=pixels, names=("a", "b", "c", "d")))
    values = np.frombuffer(base64.b64decode(packed["values"]), "<u1")
    runs = np.frombuffer(base64.b64decode(packed["runs"]), "<u2")
    np.testing.assert_array_equal(np.repeat(values, runs).reshape(300, 400), pixels)


def test_colours_are_those_of_the_report_in_light_and_dark():
    light, dark = variables("light"), variables("dark")
    assert light["muscle"] == "#cc79a7"
    for variable, _ in WORDS.values():
        assert variable in light
        assert variable in dark
    assert dark["paper"] != light["paper"]
    np.testing.assert_allclose(drive_rgb(np.array([-1.0, 0.0, 1.0])), [rgb("down"), rgb("middle"), rgb("up")])


def test_the_gallery_names_a_picture_and_a_page_for_each():
    page = gallery_page(["low_back", "thigh"], {"low_back": "A <", "thigh": "B"}, disclaimer="d", left=["spine"])
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [
        "low_back.html", "low_back.png", "low_back.html", "thigh.html", "thigh.png", "thigh.html"
    ]  # fmt: skip
    assert "2 parts of the body" in page
    assert "Not drawn: Spine" in page
    assert "A &lt;" in page


def test_a_round_pad_can_be_drawn():
    from view_cases import known_field

    from rheobase.report.view.scene import build_scene

    scene = build_scene(known_field(montage("round")), title="t")
    frame = frame_of(scene, 200)
    assert (draw(scene, frame, finer=1)[..., 3] > 0).mean() > 0.2
