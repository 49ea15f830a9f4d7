"""The compiled loop against its numpy twin: the same states, spikes and verdicts from random small chunks."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential

import rheobase.nerve.run as kernel_call
from rheobase.kernel import LANES, cable_numpy, drive_numpy, eigen_numpy, lanes_numpy, nodes_numpy
from rheobase.nerve import tapered_fibre, uniform_fibre
from rheobase.nerve.assemble import make_chunk

cable = pytest.importorskip("rheobase.kernel.cable")
drive = pytest.importorskip("rheobase.kernel.drive")
eigen = pytest.importorskip("rheobase.kernel.eigen")
lanes = pytest.importorskip("rheobase.kernel.lanes")
nodes = pytest.importorskip("rheobase.kernel.nodes")
ROOT = Path(__file__).resolve().parents[2]
F = np.float32


# A membrane programme without physics: places, and instructions on them (see rheobase.kernel.operations).
PLACE = np.array([[0, 0], [1, 0], [2, 0], [3, 1], [4, 0], [5, 0], [6, 0], [6, 1], [4, 1], [0, 1]])
CODE = np.array(
    [
        [2, 0, 4, 3, 0],  # register 0 = state 0 * gate 1
        [4, 6, 0, 1, 5],  # slope = register 0 * number + shape
        [2, 9, 1, 2, 0],  # register 1 = number * potential
        [6, 7, 1, 2, 5],  # offset = shape - number * potential
        [8, 9, 9, 0, 0],  # register 1 = exp of it
        [12, 8, 4, 0, 0],  # state 1 = state 0
        [4, 4, 9, 1, 3],  # state 0 = register 1 * number + gate 1
    ]
)


def random_arguments(seed, n_modes=20, blocks=2, n_nodes=7, n_sources=2, n_steps=60, kind=F, tree=False, contacts=1,
                     programme=False):  # fmt: skip
    """Arguments of `advance` with no physics in them but stable coefficients, in order."""
    g = np.random.default_rng(seed)
    lanes, n_inter, n_gates, kinds, room = blocks * LANES, n_nodes - 1, 3, 2, 200
    flat = lambda low, high, *shape: g.uniform(low, high, (blocks, *shape, LANES)).astype(kind).ravel()  # noqa: E731
    a, b = g.uniform(0.01, 0.1, (200, n_gates)), g.uniform(0.1, 0.3, (200, n_gates))
    columns = np.concatenate([a, b, np.zeros((200, 2))], axis=1)
    table = np.concatenate([columns, np.diff(columns, axis=0, append=columns[-1:])], axis=1).astype(F)
    waveform = g.choice([0.0, 0.0, 1.0, -0.5], (n_sources, n_steps)).astype(kind)
    parent = np.tile([-1, 0, 1, 2, 1, 4, 0] if tree else np.arange(-1, n_nodes - 1), blocks).astype(np.int64)
    return dict(
        first_block=0, last_block=blocks, n_nodes=n_nodes, n_modes=n_modes, n_sources=n_sources, n_steps=n_steps,
        v=flat(-1, 1, n_nodes), z=flat(-0.1, 0.1, n_inter, n_modes), x=flat(0, 1, n_nodes, n_gates),
        state=flat(0, 1, n_nodes, 2 if programme else 0), amplitude=flat(0.5, 2.0, n_sources), parent=parent,
        node_c=flat(1, 2, n_nodes),
        node_diag=flat(5, 6, n_nodes), node_off=flat(0.5, 1.0, n_nodes), leak_i=flat(-1, 1, n_nodes),
        conductance=flat(0, 1, 2, n_nodes), mode_d=flat(0.5, 0.9, kinds, n_modes),
        mode_k=flat(0, 0.01, kinds, n_modes), mode_type=g.integers(0, kinds, blocks * n_inter if n_modes else 0),
        mode_drive=flat(-1, 1, n_sources, n_inter, n_modes), node_drive=flat(-30, 30, n_sources, n_nodes),
        waveform=waveform.ravel(), table=table.ravel(), table_low_mv=-50.0, rows_per_mv=2.0, row_length=16,
        n_gates=n_gates, term_start=np.array([0, 2, 3]), term_gate=np.array([0, 1, 2]),
        term_mv=np.array([20.0, -5.0], kind), shape=flat(0.1, 0.5, n_nodes, 1 if programme else 0),
        code=CODE if programme else None, place=PLACE if programme else None,
        numbers=np.full(LANES, 0.02) if programme else None, n_registers=2 if programme else None,
        level_mv=4.0, rest=flat(-0.5, 0.5, n_nodes), rest_x=flat(0.2, 0.4, n_nodes, n_gates), quiet_mv=30.0,
        quiet_gate=np.array([[-0.6, -np.inf, -np.inf], [np.inf, np.inf, 0.6]]),
        quiet_from=40, count_from=2, need=g.choice([0, 3], lanes), watch=g.choice([-1, 0, 4], lanes),
        spike=np.empty(lanes * n_nodes, F), done=np.zeros(lanes, np.int64),
        record_node=np.array([0, 3]), record=np.zeros(2 * n_steps * lanes, kind),
        record_gate=np.zeros(2 * n_steps * n_gates * lanes, kind),
        record_state=np.zeros(2 * n_steps * 2 * lanes if programme else 0, kind),
        sense_mode=flat(-1, 1, contacts, n_inter, n_modes), sense_node=flat(-1, 1, contacts, n_nodes),
        signal=np.zeros(contacts * n_steps * lanes, kind), event_node=np.zeros(blocks * room, np.int64),
        event_step=np.zeros(blocks * room), event_count=np.zeros(blocks, np.int64),
    )  # fmt: skip


def both(given):
    out = []
    for advance in (cable.advance, cable_numpy.advance):
        copy = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in given.items()}
        advance(*copy.values())
        out.append(copy)
    return out


def test_same_signature():
    names = [list(inspect.signature(f).parameters) for f in (cable.advance.py_func, cable_numpy.advance)]
    assert names[0] == names[1] == list(random_arguments(0))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("n_modes", [20, 8, 0])
@pytest.mark.parametrize("seed", range(3))
def test_random_chunks(seed, n_modes, tree, kind):
    fast, slow = both(random_arguments(seed, n_modes, tree=tree, kind=kind))
    close = {"atol": 2e-4, "rtol": 1e-4} if kind is np.float32 else {"atol": 1e-5, "rtol": 1e-5}  # the table is single
    for name in ("v", "z", "x", "record", "record_gate", "signal"):
        np.testing.assert_allclose(fast[name], slow[name], err_msg=name, **close)
    np.testing.assert_array_equal(fast["done"], slow["done"])
    np.testing.assert_allclose(fast["spike"], slow["spike"], atol=2e-3)
    np.testing.assert_array_equal(fast["event_count"], slow["event_count"])
    assert (fast["event_count"] > 10).all()
    order = [np.lexsort((got["event_node"], np.floor(got["event_step"]))) for got in (fast, slow)]
    for name in ("event_node", "event_step"):
        np.testing.assert_allclose(fast[name][order[0]], slow[name][order[1]], atol=2e-3, err_msg=name)
    assert {0, 1} & set(fast["done"])  # something happened


@pytest.mark.parametrize("n_modes", [20, 0])
@pytest.mark.parametrize("n_nodes", [7, 8, 19])
def test_random_chunks_with_a_programme(n_modes, n_nodes):
    """Tiles of eight nodes, whole and not; the programme changes what comes out."""
    given = random_arguments(11, n_modes, n_nodes=n_nodes, kind=np.float64, programme=True)
    fast, slow = both(given)
    for name in ("v", "z", "x", "state", "record", "record_state"):
        np.testing.assert_allclose(fast[name], slow[name], atol=1e-5, rtol=1e-5, err_msg=name)
    assert (fast["state"] != given["state"]).all()
    none = both(given | {"code": None})[0]
    assert (np.abs(none["v"] - fast["v"]) > 1e-6).all()


def test_events_beyond_the_room_are_counted_only():
    given = random_arguments(1)
    few = given | {"event_node": np.zeros(2 * 4, np.int64), "event_step": np.zeros(2 * 4)}
    for got, all_ in zip(both(few), both(given), strict=True):
        np.testing.assert_array_equal(got["event_count"], all_["event_count"])
        assert set(got["event_node"][:4]) <= set(all_["event_node"])


def test_never_waits_for_lanes_that_are_decided():
    given = random_arguments(5)
    given["done"][:LANES] = 7
    fast, slow = both(given)
    for got in (fast, slow):
        np.testing.assert_array_equal(got["v"][: 7 * LANES], given["v"][: 7 * LANES])
        assert (got["spike"][: 7 * LANES] == -1).all()
        assert (got["v"][7 * LANES :] != given["v"][7 * LANES :]).any()


def test_part_of_the_blocks():
    """Threads share the arrays by block: a range of blocks leaves the others alone and gives the same."""
    given = random_arguments(6, blocks=3)
    whole = both(given)[0]
    part = both(given | {"first_block": 1, "last_block": 2})[0]
    one = slice(7 * LANES, 14 * LANES)
    np.testing.assert_array_equal(part["v"][one], whole["v"][one])
    np.testing.assert_array_equal(part["v"][14 * LANES :], given["v"][14 * LANES :])
    np.testing.assert_array_equal(part["v"][: 7 * LANES], given["v"][: 7 * LANES])


@pytest.mark.parametrize(
    "fibres",
    [
        [mrg(d) for d in (6.0, 9.0, 15.0)],
        [tapered_fibre("short", parent_um=8.7, length_mm=30.0), tapered_fibre("long", parent_um=12.0, length_mm=50.0)],
        [uniform_fibre("pena", diameter_um=2.0, nodes=n, passive_ends=False, silent_nodes=3) for n in (15, 20)],
        [uniform_fibre("sundt", diameter_um=1.0, nodes=40)],
        [uniform_fibre("schild94", diameter_um=d, nodes=20, spacing_um=25.0) for d in (0.6, 1.2)],
    ],
    ids=["uniform", "tapered", "thin", "unmyelinated", "with calcium"],
)
def test_real_fibres(fibres, monkeypatch):
    phi = [point_potential(f) for f in fibres]
    made = make_chunk(fibres, phi, dt_ms=0.005, temperature_C=37.0)
    lanes, node = made.layout.lanes, made.layout.n_nodes // 2
    out = []
    for advance in (cable.advance, cable_numpy.advance):
        monkeypatch.setattr(kernel_call, "advance", advance)
        state = made.fresh()
        got = kernel_call.run(
            made, state, CATHODIC.samples[:, :160], np.linspace(0.1, 1.0, lanes)[:, None], level_mV=50.0,
            watch=np.full(lanes, node), quiet_mV=3.0, quiet_from=80, record=(node,), gates=True, room=2000,
        )  # fmt: skip
        out.append((got, state))
    (fast, fast_state), (slow, slow_state) = out
    np.testing.assert_array_equal(fast.done, slow.done)
    assert {0, 1, 2} >= set(fast.done)
    np.testing.assert_allclose(fast.spike_step, slow.spike_step, atol=0.01)
    np.testing.assert_allclose(fast.record_mV, slow.record_mV, atol=0.05)
    np.testing.assert_allclose(fast.gates, slow.gates, atol=1e-3)
    np.testing.assert_allclose(fast_state[2], slow_state[2], atol=1e-3)
    np.testing.assert_allclose(fast_state[3], slow_state[3], rtol=1e-3)


def run_part_of_the_suite(module, **settings):
    env = {**os.environ, **settings, "PYTHONPATH": str(ROOT / "src")}
    code = (
        f"from rheobase.kernel import advance; assert advance.__module__ == 'rheobase.kernel.{module}'; import pytest;"
        "import sys; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', 'src/rheobase/nerve/threshold.py',"
        " 'src/rheobase/nerve/velocity.py', 'src/rheobase/nerve/simulate.py']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_suite_runs_without_the_compiler():
    """A subset with NUMBA_DISABLE_JIT=1, where the twin does the work."""
    run_part_of_the_suite("cable_numpy", NUMBA_DISABLE_JIT="1")


def test_the_suite_runs_with_bounds_checked(tmp_path):
    """Plain indices are checked so; the explicit vector reads are not, for them the twin's shapes must do."""
    run_part_of_the_suite("cable", NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_what_sources_do_to_modes(kind):
    """Missing internodes feel nothing, branches begin at their parent, sources of current drive no mode."""
    g = np.random.default_rng(3)
    parent = np.array([0, 1, 2, 1, 4])
    potential = g.normal(size=(32, 2, 11 * parent.size + 1))
    which, weight = g.integers(-1, 3, (32, parent.size)), g.normal(size=(3, 6, 20))
    gain, axial = g.uniform(0.1, 1.0, (3, 20)), g.uniform(1.0, 2.0, 3)
    sizes = (32 * 3 * parent.size * 20, 32 * 3 * (parent.size + 1))
    outs = [[np.full(size, np.nan, kind) for size in sizes] for _ in range(2)]
    for one, out in zip((drive.drive_modes, drive_numpy.drive_modes), outs, strict=True):
        one(potential, parent, which, weight, gain, axial, *out)
    for fast, slow in zip(*outs, strict=True):
        np.testing.assert_allclose(fast, slow, rtol=1e-6 if kind is np.float32 else 1e-12, atol=1e-6)
    by_lane = np.moveaxis(outs[0][0].reshape(2, 3, parent.size, 20, LANES), -1, 1).reshape(32, 3, parent.size, 20)
    of_node = np.moveaxis(outs[0][1].reshape(2, 3, parent.size + 1, LANES), -1, 1).reshape(32, 3, -1)
    assert (by_lane[:, 2] == 0).all()
    assert (of_node[:, 2] == 0).all()
    assert (by_lane[:, 0][which < 0] == 0).all()
    j, m = 3, 12  # by hand: internode 3 begins at node 1, mode 12 is an odd one
    lane = int(np.flatnonzero(which[:, j] == 2)[0])
    e = potential[lane, 1]
    first, mirror = [e[11], *e[34:39]], e[[44, 43, 42, 41, 40, 39]]
    by_hand = gain[2, m] * sum(weight[2, i, m] * (first[i] - mirror[i]) for i in range(6))
    assert by_lane[lane, 1, j, m] == pytest.approx(by_hand, rel=1e-5)
    lane = int(np.flatnonzero(which[:, 4] == 1)[0])  # node 5 ends internode 4 and nothing else
    e = potential[lane, 0]
    assert of_node[lane, 0, 5] == pytest.approx(axial[1] * (e[54] - e[55]), rel=1e-5)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_nodes_are_laid_out_alike(kind):
    """Bare nodes, passive ends and missing nodes; internodes of no kind; a tree; an end joined to nothing."""
    g = np.random.default_rng(6)
    parent, size = np.array([0, 1, 2, 1]), 32 * 5
    of, role = g.integers(0, 3, (32, 5)), g.integers(0, 4, (32, 5)).astype(np.int8)
    table = g.uniform(0.5, 1.0, (3, 5))
    outs = [[np.full(n, np.nan, t) for n, t in ((size, kind), (2 * size, kind), (size, float), (size, float))]
            for _ in range(2)]  # fmt: skip
    for one, out in zip((nodes.lay_nodes, nodes_numpy.lay_nodes), outs, strict=True):
        one(of, role, table, *out)
    for fast, slow in zip(*outs, strict=True):
        assert (fast == slow).all()
    capacitance, leak = outs[0][2:]
    assert set(np.unique(capacitance[leak == 0.0])) >= {0.0, 1.0}
    index = g.integers(0, 4, (32, 4))
    index[:, 3] = 3  # no internode
    own, through = (np.append(g.uniform(1.0, 2.0, 3), 0.0) for _ in range(2))
    steps = [[np.full(size, np.nan, kind) for _ in range(3)] for _ in range(2)]
    for one, out in zip((nodes.step_nodes, nodes_numpy.step_nodes), steps, strict=True):
        one(index, parent, own, through, capacitance, leak, 0.005, *out)
    for fast, slow in zip(*steps, strict=True):
        np.testing.assert_allclose(fast, slow, rtol=1e-6 if kind is np.float32 else 1e-14)
    last = np.arange(2)[:, None] * 80 + 64 + np.arange(16)  # node 4, joined to nothing, of both blocks
    alone = (capacitance[last] == 0.0) & (leak[last] == 0.0)
    assert alone.any()
    assert (steps[0][1][last][alone] == 1.0).all()


def test_lanes_are_taken_alike():
    g = np.random.default_rng(4)
    sources = tuple(g.normal(size=2 * rows * LANES) for rows in (5, 0, 40))
    chosen = g.integers(0, 32, 48)
    outs = [tuple(np.empty(48 * rows) for rows in (5, 0, 40)) for _ in range(2)]
    for one, out in zip((lanes.take_lanes, lanes_numpy.take_lanes), outs, strict=True):
        one(sources, chosen, out)
    for fast, slow in zip(*outs, strict=True):
        assert (fast == slow).all()
    assert outs[0][0].reshape(3, 5, 16)[1, 4, 2] == sources[0].reshape(2, 5, 16)[chosen[18] // 16, 4, chosen[18] % 16]


def _systems(count):
    """Ten rows each: random, with equal eigenvalues, diagonal, spread over ten decades."""
    g = np.random.default_rng(5)
    q = np.linalg.qr(g.normal(size=(count, 10, 10)))[0]
    values = g.uniform(0.1, 10.0, (count, 10))
    values[1] = 2.0
    values[2] = np.logspace(-5, 5, 10)
    q[3] = np.eye(10)
    return (q * values[:, None]) @ np.swapaxes(q, 1, 2), np.sort(values)


def test_eigenvalues_of_small_matrices():
    systems, known = _systems(32)
    flat = np.ascontiguousarray(np.moveaxis(systems, 0, 2)).ravel()
    values, vectors = np.empty((10, 32)), np.empty(3200)
    eigen.eigen(flat, values, vectors)
    of = np.moveaxis(vectors.reshape(10, 10, 32), 2, 0)
    np.testing.assert_allclose(np.sort(values.T), known, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(np.swapaxes(of, 1, 2) @ of, np.tile(np.eye(10), (32, 1, 1)), atol=1e-13)
    scale = np.abs(systems).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(systems @ of / scale, of * values.T[:, None] / scale, atol=1e-14)
    plain = np.empty((10, 32))
    eigen_numpy.eigen(flat, plain, vectors.copy())
    np.testing.assert_allclose(np.sort(values, axis=0), plain, rtol=1e-9, atol=1e-10)


def test_a_matrix_does_not_mind_its_neighbours():
    systems, _ = _systems(32)
    alone = np.repeat(systems[7:8], 16, axis=0)
    out = []
    for some, at in ((systems, 7), (alone, 0)):
        values = np.empty((10, len(some)))
        eigen.eigen(np.ascontiguousarray(np.moveaxis(some, 0, 2)).ravel(), values, np.empty(100 * len(some)))
        out.append(values[:, at])
    assert (out[0] == out[1]).all()
