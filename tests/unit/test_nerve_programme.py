"""A membrane's flow as a programme: what the kernel and its twin carry out is what the function says of numbers."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import ParameterError
from rheobase.kernel import LANES, OPERATIONS, PLACES
from rheobase.kernel.programme_numpy import run_programme as run_plain
from rheobase.nerve import fibre_model
from rheobase.nerve.membrane import Flow, Membrane
from rheobase.nerve.programme import Book, exp, held, log, programme_of, sqrt

compiled = pytest.importorskip("rheobase.kernel.programme")
MODELS = ("tigerholm", "schild94", "schild97", "thio_autonomic", "thio_cutaneous")
NODES, BLOCKS = 13, 2  # more than one tile of eight, and not a whole number of them


def carried_out(programme, v, x, state, shape, block=0):
    """Flow and states after the compiled programme; arrays (block, node, row, lane), potential without row."""
    where = np.zeros((len(programme.place), 3), np.int64)
    registers = np.zeros(programme.n_registers * 8 * LANES)
    flow, states = np.zeros(2 * v.shape[1] * LANES), state.ravel().copy()
    compiled.run_programme(
        block, v.shape[1], programme.code, programme.place, where, registers, np.repeat(programme.numbers, LANES),
        v.ravel(), x.ravel(), states, shape.ravel(), flow, x.shape[2], state.shape[2], shape.shape[2],
    )  # fmt: skip
    return flow.reshape(-1, 2, LANES), states.reshape(state.shape)


def scattered(model, temperature_C, seed=0):
    """Potentials, gates, states and geometry all over their ranges, and the same by name for one block."""
    g = np.random.default_rng(seed)
    membrane = model.membrane
    v = g.uniform(-40.0, 110.0, (BLOCKS, NODES, LANES))
    rows = [gate.steady_and_tau(v + model.rest_mV, temperature_C)[0] * g.uniform(0.5, 1.0) for gate in model.gates]
    rows += [c.at(v + model.rest_mV, temperature_C) for c in membrane.columns]
    x = np.stack(rows, axis=2)
    start = membrane.start(temperature_C)
    state = np.stack([value * g.uniform(0.8, 1.2, v.shape) for value in start.values()], axis=2)
    of_shape = membrane.shape(model.internodes(np.array([0.8])))
    shape = np.stack([value[0] * g.uniform(0.8, 1.2, v.shape) for value in [*of_shape.values(), [0.4]]], axis=2)
    names = [[q.name for q in (*model.gates, *membrane.columns)], list(start), [*of_shape, "area"]]

    def named(block):
        arrays = zip(names, (x, state, shape), strict=True)
        return {n: a[block, :, i] for group, a in arrays for i, n in enumerate(group)}

    return v, x, state, shape, named


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("block", [0, 1])
def test_models(name, block):
    model, dt, celsius = fibre_model(name), 0.005, 37.0
    v, x, state, shape, named = scattered(model, celsius)
    programme = programme_of(model, dt, celsius)
    known = named(block)
    here = SimpleNamespace(v_mV=v[block] + model.rest_mV, temperature_C=celsius, dt_ms=dt, **known)
    want = model.membrane.flow(here)
    area = known["area"]
    current = (want.conductance * here.v_mV - want.offset) * area
    flow, after = carried_out(programme, v, x, state, shape, block)
    plain_state = state[block].copy()
    plain = run_plain(programme.code, programme.place, programme.numbers, v[block], x[block], plain_state, shape[block])
    for got, states in ((flow, after[block]), (plain, plain_state)):
        np.testing.assert_allclose(got[:, 0], want.conductance * area, rtol=1e-12)
        size = np.abs(want.conductance * area * v[block]) + np.abs(got[:, 1])
        assert (np.abs(got[:, 0] * v[block] - got[:, 1] - current) < 1e-11 * size).all()
        for i, state_name in enumerate(programme.states):
            np.testing.assert_allclose(states[:, i], want.after[state_name], rtol=1e-10, err_msg=state_name)
    np.testing.assert_array_equal(after[1 - block], state[1 - block])


@pytest.mark.parametrize("name", MODELS)
def test_programmes_are_short_and_the_same_each_time(name):
    model = fibre_model(name)
    first = programme_of(model, 0.005, 37.0)
    programme_of.cache_clear()
    again = programme_of(model, 0.005, 37.0)
    np.testing.assert_array_equal(first.code, again.code)
    np.testing.assert_array_equal(first.numbers, again.numbers)
    assert first.n_registers <= 24  # eight nodes of sixteen lanes each: 24 kB, within the nearest cache
    used = first.place[first.code[:, 1]]
    assert set(used[:, 0]) <= {PLACES.index(p) for p in ("register", "state", "flow")}


def a_model(flow, start=None, columns=()):
    start = {"a": 2.0, "b": 0.5} if start is None else start
    membrane = Membrane(
        columns=columns, start=lambda t: start, shape=lambda kinds: {"d": kinds.fibre_um}, flow=flow
    )  # fmt: skip
    base = fibre_model("sundt")
    gates = base.gates
    return SimpleNamespace(
        name="made_up", rest_mV=-60.0, gates=gates, membrane=membrane, internodes=base.internodes,
    )  # fmt: skip


class Hashed(SimpleNamespace):
    __hash__ = object.__hash__


LEAVES = st.sampled_from(["a", "b", "d", "m", "n", 1.5, -0.25])


@st.composite
def arithmetic(draw, depth=4):
    """A random function of the quantities by name that stays finite."""
    if depth == 0 or (draw(st.booleans()) and depth < 3):
        leaf = draw(LEAVES)
        return (lambda h: leaf) if isinstance(leaf, float) else (lambda h: getattr(h, leaf))
    kind = draw(st.sampled_from(["add", "sub", "mul", "div", "log", "exp", "sqrt", "power", "neg", "held"]))
    one = draw(arithmetic(depth=depth - 1))
    other = draw(arithmetic(depth=depth - 1))
    return {
        "add": lambda h: one(h) + other(h),
        "sub": lambda h: one(h) - other(h),
        "mul": lambda h: one(h) * other(h),
        "div": lambda h: one(h) / (1.0 + other(h) * other(h)),
        "log": lambda h: log(1.0 + one(h) * one(h)),
        "exp": lambda h: exp(0.1 * one(h) / (1.0 + one(h) * one(h))),
        "sqrt": lambda h: sqrt(1.0 + one(h) * one(h)),
        "power": lambda h: (h.m + h.n) ** 5 * one(h),
        "neg": lambda h: -(one(h) + h.a),
        "held": lambda h: held(one(h), 0.3, 0.9),
    }[kind]


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[arithmetic()] * 4))
def test_any_arithmetic(functions):
    """Common parts, fused operations and reused registers change nothing; states are read before they are written."""
    g, j, a, b = functions
    flow = lambda h: Flow(conductance=g(h), offset=j(h), after={"a": a(h), "b": b(h)})  # noqa: E731
    model = Hashed(**vars(a_model(flow)))
    programme = programme_of(model, 0.005, 37.0)
    r = np.random.default_rng(1)
    v, x, state, shape = (r.uniform(0.2, 1.5, (1, NODES, *n, LANES)) for n in ((), (4,), (2,), (2,)))
    names = [q.name for q in model.gates]
    here = SimpleNamespace(
        v_mV=v[0] - 60.0, a=state[0, :, 0], b=state[0, :, 1], d=shape[0, :, 0],
        **{n: x[0, :, i] for i, n in enumerate(names)},
    )  # fmt: skip
    got, after = carried_out(programme, v, x, state, shape)
    area = shape[0, :, 1]
    conductance, offset = (np.broadcast_to(f(here) * area, area.shape) for f in (g, j))
    scale = 1e-9 * (1 + np.abs(conductance) + np.abs(offset))
    assert (np.abs(got[:, 0] - conductance) <= scale).all()
    assert (np.abs(got[:, 1] - (offset + 60.0 * conductance)) <= 60 * scale).all()
    for i, f in enumerate((a, b)):
        want = np.broadcast_to(f(here), area.shape)
        np.testing.assert_allclose(after[0, :, i], want, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("function", "values", "exact"),
    [
        (log, np.geomspace(1e-300, 1e300, NODES * LANES * 50), np.log),
        (log, np.linspace(0.5, 2.0, NODES * LANES * 50), np.log),
        (exp, np.linspace(-680.0, 680.0, NODES * LANES * 50), np.exp),
        (exp, np.linspace(-1.0, 1.0, NODES * LANES * 50), np.exp),
        (sqrt, np.geomspace(1e-300, 1e300, NODES * LANES * 50), np.sqrt),
    ],
    ids=["log", "log near 1", "exp", "exp near 0", "sqrt"],
)
def test_functions_are_accurate(function, values, exact):
    """Within a few units in the last place (log near 1: of 1)."""
    model = Hashed(**vars(a_model(lambda h: Flow(conductance=0.0, offset=0.0, after={"a": function(h.a)}), {"a": 1.0})))
    programme = programme_of(model, 0.005, 37.0)
    for part in values.reshape(50, 1, NODES, 1, LANES):
        zeros = [np.zeros((1, NODES, *n, LANES)) for n in ((), (4,), (2,))]
        _, after = carried_out(programme, zeros[0], zeros[1], part, zeros[2])
        np.testing.assert_allclose(after, exact(part), rtol=1e-15 if function is sqrt else 2e-15, atol=3e-16)


def test_exp_is_held_at_its_ends():
    model = Hashed(**vars(a_model(lambda h: Flow(conductance=0.0, offset=0.0, after={"a": exp(h.a)}), {"a": 1.0})))
    programme = programme_of(model, 0.005, 37.0)
    zeros = [np.zeros((1, 1, *n, LANES)) for n in ((), (4,), (2,))]
    for value, want in ((5000.0, np.exp(690.0)), (-5000.0, np.exp(-690.0))):
        _, after = carried_out(programme, zeros[0], zeros[1], np.full((1, 1, 1, LANES), value), zeros[2])
        np.testing.assert_allclose(after, want, rtol=1e-14)
        plain = np.full((1, 1, LANES), value)
        run_plain(programme.code, programme.place, programme.numbers, zeros[0][0], zeros[1][0], plain, zeros[2][0])
        np.testing.assert_allclose(plain, want, rtol=1e-14)


def test_operations_have_the_numbers_the_kernel_knows():
    assert OPERATIONS == ("add", "sub", "mul", "div", "fma", "fms", "fnma", "log", "exp", "sqrt", "max", "min", "copy")
    assert PLACES == ("register", "number", "potential", "gate", "state", "shape", "flow")


def test_equal_operations_are_one():
    book = Book()
    a, b = book.input("state", 0), book.input("state", 1)
    assert a * b is b * a
    assert (a - b) is not (b - a)
    assert (a / 4.0).of[0].of == (0.25,) or (a / 4.0).of[1].of == (0.25,)
    assert (2.0 + a - a).operation == "sub"


def test_a_flow_must_say_what_every_state_becomes():
    model = Hashed(**vars(a_model(lambda h: Flow(conductance=h.m, offset=h.n, after={"a": h.a, "c": h.b}))))
    with pytest.raises(ParameterError, match=r"gives \['a', 'c'\] after a step, but its states are \['a', 'b'\]"):
        programme_of(model, 0.005, 37.0)


@pytest.mark.parametrize("power", [0, -2, 0.5])
def test_only_whole_powers(power):
    model = Hashed(**vars(a_model(lambda h: Flow(conductance=h.m**power, offset=h.n, after={"a": h.a, "b": h.b}))))
    with pytest.raises(ParameterError, match="only whole powers from 1 on"):
        programme_of(model, 0.005, 37.0)
