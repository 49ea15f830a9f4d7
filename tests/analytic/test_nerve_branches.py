"""Branched fibres: against dense solves of all compartments, against chains, against cable theory."""

from dataclasses import replace

import numpy as np
import pytest
from double_cable import internode_matrices, of_fibre

from rheobase.nerve import (
    Fibre,
    Injection,
    Internodes,
    Segment,
    branched_fibre,
    fibre_model,
    record_fibres,
    silence,
    simulate,
    stimulus_from_segments,
    uniform_fibre,
)

DT = 0.005
TREE = np.array([-1, 0, 1, 2, 1, 4, 5, 4])  # two forks: at node 1 and at node 4


def with_leak_only(kinds, model):
    """The same internodes without channels: a linear fibre."""
    g = kinds.conductance_S_per_cm2.copy()
    for i, current in enumerate(model.currents):
        if current.gates:
            g[i] = 0.0
    return replace(kinds, conductance_S_per_cm2=g)


def tree(model_name, diameters_um, parent=TREE):
    """A tree whose internodes take turns between some diameters."""
    model = fibre_model(model_name)
    kinds = with_leak_only(model.internodes(np.array(diameters_um)), model)
    return Fibre(
        model=model, kinds=kinds, sequence=np.arange(parent.size - 1) % len(diameters_um), passive_ends=False, label="",
        diameter_um=diameters_um[0], parent=parent,
    )  # fmt: skip


def first_child_kind(fibre):
    """Which internode gives each node its membrane: the first that goes on from it, at an end the one before."""
    before = fibre.parents
    return [
        int(fibre.sequence[(np.flatnonzero(before == n) - 1)[0]] if (before == n).any() else fibre.sequence[n - 1])
        for n in range(fibre.nodes)
    ]


def membrane(fibre):
    """Capacitance (nF), leak (uS) of every node, and the leak's reversal (mV)."""
    at, model = first_child_kind(fibre), fibre.model
    area = model.area_um2(fibre.kinds)[at]
    leak = next(i for i, c in enumerate(model.currents) if not c.gates)
    g = fibre.kinds.conductance_S_per_cm2[leak, at] * area * 1e-2
    return model.capacitance_uF_per_cm2 * area * 1e-5, g, model.currents[leak].reversal_mV


def stepped(c, g, push, injected, steps, state):
    """Backward Euler of C x' + G x = push + injected, dense."""
    inverse, out = np.linalg.inv(c / DT + g), [state]
    for k in range(steps):
        state = inverse @ (c @ state / DT + push + injected[k])
        out.append(state)
    return np.array(out)


@pytest.mark.parametrize("model", ["sweeney", "sundt"])
def test_single_cables_against_a_dense_solve(model):
    fibre = tree(model, [1.0, 2.0, 0.7] if model == "sundt" else [10.0, 14.0, 7.0])
    c, g, reversal = membrane(fibre)
    laplacian = np.diag(g)
    for j, coupling in enumerate(fibre.model.coupling_uS(fibre.kinds)[fibre.sequence]):
        a, b = fibre.parent[j + 1], j + 1
        laplacian[[a, b], [a, b]] += coupling
        laplacian[[a, b], [b, a]] -= coupling
    injected = np.zeros((100, fibre.nodes))
    injected[10:50, 6] = 0.05
    run = simulate(
        fibre, stimulus=silence(0.5, dt_ms=DT),
        injections=[Injection(node=6, current_nA=0.05, start_ms=0.05, width_ms=0.2)],
    )  # fmt: skip
    want = stepped(np.diag(c), laplacian, g * reversal, injected, 100, np.full(fibre.nodes, reversal))
    assert np.ptp(want) > 0.5
    np.testing.assert_allclose(run.v_mV.T, want, atol=2e-5 * np.ptp(want) + 2e-5)


def test_a_double_cable_against_a_dense_solve():
    """All twenty states of every internode and all nodes at once, assembled from the oracle's matrices."""
    fibre = tree("mrg_interpolated", [10.0, 6.0, 14.0])
    cable, n, size = of_fibre(fibre), fibre.nodes, fibre.nodes + 20 * (fibre.nodes - 1)
    c_node, g_node, reversal = membrane(fibre)
    c, g = np.zeros((size, size)), np.zeros((size, size))
    c[range(n), range(n)], g[range(n), range(n)] = c_node, g_node
    for j in range(n - 1):
        ends, inner = [fibre.parent[j + 1], j + 1], slice(n + 20 * j, n + 20 * (j + 1))
        c[inner, inner], g[inner, inner], b, _ = internode_matrices(cable, j)
        g[inner, ends] -= b
        g[ends, inner] -= b.T
        np.add.at(g, (ends, ends), b.sum(axis=0))
    push = np.zeros(size)
    push[:n] = g_node * (reversal + 80.0)  # from the nominal rest
    rest = np.linalg.solve(g, push)
    injected = np.zeros((200, size))
    injected[20:60, 7] = 0.5
    run = simulate(
        fibre, stimulus=silence(1.0, dt_ms=DT),
        injections=[Injection(node=7, current_nA=0.5, start_ms=0.1, width_ms=0.2)],
    )  # fmt: skip
    want = stepped(c, g, push, injected, 200, rest)[:, :n]
    np.testing.assert_allclose(run.v_mV[:, 0] + 80.0, rest[:n], atol=2e-3)  # 200 ms is not for ever
    np.testing.assert_allclose((run.v_mV - run.v_mV[:, :1]).T, want - want[0], atol=1e-4 * np.ptp(want))
    assert np.ptp(want) > 3.0


@pytest.mark.parametrize("model", ["mrg_interpolated", "sundt"])
def test_a_branch_of_no_influence_leaves_the_chain_as_it_was(model):
    d = 1.0 if model == "sundt" else 10.0
    chain = uniform_fibre(model, diameter_um=d, nodes=31, passive_ends=False)
    faint = replace(chain.kinds, node_um=chain.kinds.node_um * 1e-4, axon_um=chain.kinds.axon_um * 1e-4)
    branched = Fibre(
        model=chain.model, kinds=Internodes.join([chain.kinds, faint]),
        sequence=np.append(chain.sequence, [1, 1, 1]), passive_ends=False, label="", diameter_um=d,
        parent=np.append(np.arange(-1, 30), [15, 31, 32]),
    )  # fmt: skip
    r_mm = np.hypot(0.5, (chain.arc_um - chain.node_arc_um[10]) / 1000)
    phi = 1 / (4 * np.pi * 0.3 * r_mm[None] * 1e-3)
    same = np.concatenate([phi, np.zeros((1, 3 * chain.per_internode))], axis=1)
    pulse = stimulus_from_segments([(0.3, -1.0)], tail_ms=3.0, dt_ms=DT)
    amplitude = 60.0 if model == "sundt" else 2.0
    a, b = simulate(chain, phi, pulse, amplitude), simulate(branched, same, pulse, amplitude)
    assert a.fired
    np.testing.assert_allclose(b.v_mV[:31], a.v_mV, atol=0.02)
    seen = [record_fibres([f], [p], [p], pulse, amplitude).signal_uV for f, p in ((chain, phi), (branched, same))]
    np.testing.assert_allclose(seen[1], seen[0], atol=1e-3 * np.ptp(seen[0]))


def fork(stem_um, daughters_um, model="mrg_interpolated", length_mm=25.0, spacing_um=None):
    """A stem along z with daughters that leave it sideways."""
    options = {"model": model, "spacing_um": spacing_um}
    end = np.array([0.0, 0.0, length_mm])
    parts = [Segment(points_mm=np.array([[0.0, 0, 0], end]), diameter_um=stem_um, **options)]
    for k, d in enumerate(daughters_um):
        side = end + length_mm * np.array([np.cos(2 * k), np.sin(2 * k), 0.5])
        parts.append(Segment(points_mm=np.array([end, side]), diameter_um=d, parent=0, **options))
    return branched_fibre(parts)


def test_a_spike_runs_into_both_branches():
    made = fork(12.0, [8.0, 6.0])
    run = simulate(made.fibre, stimulus=silence(3.0, dt_ms=DT), injections=[Injection(node=2, current_nA=4.0)])
    for nodes in made.segment_nodes[1:]:
        times = run.spike_ms[nodes]
        assert np.isfinite(times).all()
        assert (np.diff(times[:-1]) > 0).all()
    thick, thin = (np.diff(run.spike_ms[made.segment_nodes[k][[5, 15]]])[0] for k in (1, 2))
    speed = [
        np.diff(made.fibre.node_arc_um[made.segment_nodes[k][[5, 15]]])[0] / 1000 / t
        for k, t in ((1, thick), (2, thin))
    ]
    assert speed[0] > 1.2 * speed[1]


def test_a_spike_from_one_branch_enters_stem_and_other_branch():
    made = fork(12.0, [10.0, 10.0])
    start = int(made.segment_nodes[1][-3])
    run = simulate(made.fibre, stimulus=silence(3.0, dt_ms=DT), injections=[Injection(node=start, current_nA=4.0)])
    assert np.isfinite(run.spike_ms[made.segment_nodes[0]]).all()
    assert np.isfinite(run.spike_ms[made.segment_nodes[2]]).all()


@pytest.mark.parametrize("model", ["mrg_interpolated", "sweeney"])
def test_all_currents_of_a_tree_add_to_nothing(model):
    made = fork(10.0, [8.0, 6.0], model=model, length_mm=12.0)
    r_mm = np.linalg.norm(made.places_mm - [1.0, 0.0, 12.0], axis=1)
    near, even = 1 / (4 * np.pi * 0.3 * r_mm * 1e-3), np.full(r_mm.size, 100.0)
    seen = record_fibres([made.fibre], [np.stack([even, near])], injections=[Injection(node=2, current_nA=4.0)])
    after = seen.signal_uV[0, :, 25:]
    assert np.ptp(after[1]) > 0.05
    assert np.abs(after[0]).max() < 1e-4 * np.ptp(after[1]) * 100.0 / near.max()


@pytest.mark.parametrize(("daughter_um", "passes"), [(0.315, True), (0.6, True), (3.0, False)])
def test_thick_branches_of_a_thin_stem_stop_the_spike(daughter_um, passes):
    """Two daughters draw (2 d^1.5 / D^1.5) times what the stem gives: 1, 2.6, 29. Well above ten it stops."""
    made = fork(0.5, [daughter_um] * 2, model="sundt", length_mm=2.5, spacing_um=25.0)
    push = Injection(node=4, current_nA=0.3, width_ms=1.0)
    run = simulate(made.fibre, stimulus=silence(15.0, dt_ms=0.01), injections=[push])
    assert np.isfinite(run.spike_ms[made.segment_nodes[0][20:80]]).all()
    for nodes in made.segment_nodes[1:]:
        assert np.isfinite(run.spike_ms[nodes[60]]) == passes
