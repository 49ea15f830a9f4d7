"""Branched fibres in space, and fibres on curved ways."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg

from rheobase.errors import ParameterError
from rheobase.field import point_source_V_per_A
from rheobase.nerve import (
    Segment,
    activation_thresholds,
    branched_fibre,
    node_offsets_share,
    potential_along,
    simulate_fibres,
    tapered_fibre,
    uniform_fibre,
    uniform_fibres,
)

STEM = Segment(points_mm=np.array([[0.0, 0, 0], [0, 0, 20]]), diameter_um=10.0)


def twig(**options):
    given = {"points_mm": np.array([[0.0, 0, 20], [0, 10, 20]]), "diameter_um": 6.0, "parent": 0}
    return Segment(**(given | options))


def test_places_of_all_compartments():
    made = branched_fibre([STEM, twig(), twig(model="pena", diameter_um=3.0)])
    fibre = made.fibre
    assert made.places_mm.shape == (fibre.arc_um.size, 3)
    stem, one, two = made.segment_nodes
    assert stem[0] == 0
    assert one[0] == two[0] == stem[-1]
    nodes = made.places_mm[:: fibre.per_internode]
    fork = nodes[stem[-1]]
    assert abs(fork[2] - 20.0) < 0.6  # the nearest whole internode
    for way in (one, two):
        out = nodes[way] - fork
        assert np.abs(out[:, [0, 2]]).max() < 1e-12
        np.testing.assert_allclose(out[:, 1] * 1000 + fibre.node_arc_um[stem[-1]], fibre.node_arc_um[way])
    steps = np.linalg.norm(np.diff(made.places_mm[: 11 * (stem.size - 1) + 1], axis=0), axis=1)
    np.testing.assert_allclose(np.cumsum(steps), fibre.arc_um[1 : 11 * (stem.size - 1) + 1] / 1000)
    assert set(fibre.kinds.fibre_um[fibre.sequence]) == {10.0, 6.0, 3.0}


def test_a_twig_half_way():
    made = branched_fibre([STEM, twig(points_mm=np.array([[0.0, 0, 10], [0, 5, 10]]), at_mm=10.0)])
    at = made.segment_nodes[1][0]
    assert 0 < at < made.segment_nodes[0][-1]
    assert made.places_mm[11 * at, 2] == pytest.approx(10.0, abs=0.6)


def test_one_segment_is_a_chain():
    made = branched_fibre([STEM])
    assert made.fibre.parent is None
    alone = uniform_fibre("mrg_interpolated", diameter_um=10.0, nodes=made.fibre.nodes)
    np.testing.assert_allclose(made.fibre.arc_um, alone.arc_um)
    np.testing.assert_allclose(made.places_mm[:, 2] * 1000, alone.arc_um)


def test_a_branched_fibre_has_a_threshold_where_the_source_is():
    made = branched_fibre([STEM, twig(), twig(points_mm=np.array([[0.0, 0, 20], [0, -10, 20]]))])
    stem, one, _ = made.segment_nodes
    last = made.places_mm[11 * one[8]]
    found = []
    for place in (made.places_mm[11 * stem[8]], last):
        phi = point_source_V_per_A(made.places_mm, place + np.array([1.0, 0, 0]), 0.3)[None]
        got = activation_thresholds([made.fibre], [phi], CATHODIC, watch=[int(stem[2])], true_start=True)
        found.append((got.threshold_mA[0], got.start_node[0]))
    assert found[0][1] == stem[8]
    assert found[1][1] == one[8]
    assert found[1][0] > found[0][0]  # the thin branch takes more


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ([], "There are no segments"),
        ([twig()], "The first segment is the stem, but its parent is 0"),
        ([STEM, twig(parent=1)], "Segment 1 has parent 1; give the number of an earlier one, 0 to 0"),
        ([STEM, twig(parent=None)], "Segment 1 has parent None"),
        ([STEM, twig(at_mm=25.0)], "at_mm is 25 mm, but the segment it leaves has nodes from 0 to 20.2 mm"),
        ([STEM, twig(points_mm=np.array([[0.0, 9, 20], [0, 20, 20]]))], "Segment 1 begins 9 mm from the node"),
        ([STEM, twig(model="sweeney")], "different membranes"),
    ],
)
def test_refused_trees(segments, message):
    with pytest.raises(ParameterError, match=message):
        branched_fibre(segments)


@pytest.mark.parametrize(
    ("points_mm", "message"),
    [
        (np.zeros((1, 3)), r"points_mm has shape \(1, 3\)"),
        (np.array([[0.0, 0, 0], [0, 0, np.nan]]), "finite points"),
        (np.zeros((2, 3)), "two neighbours coincide"),
    ],
)
def test_refused_ways(points_mm, message):
    with pytest.raises(ParameterError, match=message):
        Segment(points_mm=points_mm, diameter_um=10.0)


def source(places_mm):
    return point_source_V_per_A(places_mm, (1.0, 0.0, 12.0), 0.3)


def test_a_straight_way_is_the_straight_fibre():
    fibres = uniform_fibres("mrg_interpolated", diameter_um=[8.0, 12.0], nodes=21)
    phi = potential_along(fibres, np.array([[0.0, 0, 0], [0, 0, 5]]), source)(np.arange(2))
    for i, fibre in enumerate(fibres):
        z = fibre.arc_um / 1000
        np.testing.assert_allclose(phi[i, 0], source(np.column_stack([0 * z, 0 * z, z])))


def test_a_circle_round_the_source_is_at_one_potential():
    turn = np.linspace(0, 2 * np.pi, 2001)
    circle = np.column_stack([1.0 + 5 * np.cos(turn), 5 * np.sin(turn), 0 * turn + 12.0])
    fibre = tapered_fibre("short", parent_um=8.7, length_mm=24.0)
    phi = potential_along([fibre], [circle], source)(np.array([0]))[0]
    np.testing.assert_allclose(phi, 1 / (4 * np.pi * 0.3 * 5e-3), rtol=1e-4)


def test_offset_by_a_whole_internode_is_one_node_on():
    fibre = mrg()
    way = np.array([[0.0, 0, 0], [0, 0, 30]])
    here, on = (potential_along([fibre], way, source, offset_share=s)(np.array([0]))[0][0] for s in (0.0, 1.0))
    np.testing.assert_allclose(on[:-11], here[11:])


def test_offsets_move_thresholds_and_the_seed_fixes_them():
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.full(20, 10.0), nodes=21)
    way = np.array([[0.0, 0, 0], [0, 0, 30]])
    a, b, c = (node_offsets_share(20, seed=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()
    near = lambda p: point_source_V_per_A(p, (0.4, 0.0, 12.0), 0.3)  # noqa: E731
    found = [
        activation_thresholds(fibres, potential_along(fibres, way, near, offset_share=o), CATHODIC).threshold_mA
        for o in (a, b)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert found[0].max() > 1.5 * found[0].min()
    both = simulate_fibres(fibres, potential_along(fibres, way, near, offset_share=a), CATHODIC, found[0])
    assert (both.spikes.counts(18) == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"way_mm": [np.zeros((2, 3))] * 2}, "way_mm holds 2 ways for 1 fibres"),
        ({"way_mm": np.zeros((1, 3))}, "at least two points"),
        ({"offset_share": [0.0, 0.1]}, r"offset_share has shape \(2,\) for 1 fibres"),
        ({"fibres": [branched_fibre([STEM, twig(), twig()]).fibre]}, "branches and so more than one way"),
    ],
)
def test_refused_placements(options, message):
    given = {"fibres": [mrg()], "way_mm": np.array([[0.0, 0, 0], [0, 0, 30]]), "sample": source} | options
    with pytest.raises(ParameterError, match=message):
        potential_along(**given)


def test_refused_draws():
    with pytest.raises(ParameterError, match="count is 0 and seed 1"):
        node_offsets_share(0, seed=1)
