"""Rounds of a search: compiled and plain agree at every step, and find the edge they should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.kernel import known as at
from rheobase.kernel import rounds_numpy

rounds = pytest.importorskip("rheobase.kernel.rounds")
TOP, FARTHEST, DESCENT, LEAST = 700, 110, 5, -2000


def begun(trial, step):
    """Nothing known of any fibre."""
    table = np.full((len(trial), at.COLUMNS), at.NONE)
    table[:, [at.TURNED, at.DESCENDING]] = 0
    table[:, at.OPEN], table[:, at.START] = 1, -1
    table[:, at.TRIAL], table[:, at.STEP] = trial, step
    return table


def one_round(module, table, copies, respond):
    """Carry one round out on the fibres that are open, and return what was tried."""
    lanes_of = np.repeat(np.flatnonzero(table[:, at.OPEN]), copies)
    k, asked = np.full(lanes_of.size, TOP), np.zeros(lanes_of.size, bool)
    module.propose(table, lanes_of, copies, TOP, FARTHEST, DESCENT, k, asked)
    assert asked.all()
    assert (k <= TOP).all()
    beyond, vain = respond(lanes_of, k)
    module.learn(table, lanes_of, copies, TOP, FARTHEST, DESCENT, LEAST, k, beyond, vain, k + 10_000)
    return k


@st.composite
def fibres(draw):
    """Where each fibre begins to fire, from where on its spikes are blocked, and where the search begins."""
    count = draw(st.integers(1, 6))
    edge = draw(st.lists(st.integers(-900, 900), min_size=count, max_size=count))
    span = draw(st.lists(st.sampled_from([15, 60, 300, 5000]), min_size=count, max_size=count))
    trial = draw(st.lists(st.integers(-900, TOP), min_size=count, max_size=count))
    step = draw(st.lists(st.integers(1, 200), min_size=count, max_size=count))
    return np.array(edge), np.array(edge) + np.array(span), trial, step


@settings(max_examples=150, deadline=None)
@given(fibres(), st.sampled_from([1, 2, 3, 5, 16]))
def test_the_compiled_rounds_do_what_the_plain_ones_do(given_fibres, copies):
    edge, blocked, trial, step = given_fibres

    def respond(of, k):
        return (k >= edge[of]) & (k < blocked[of]), k >= blocked[of]

    fast, slow = begun(trial, step), begun(trial, step)
    for _ in range(400):
        tried = [one_round(m, t, copies, respond) for m, t in ((rounds, fast), (rounds_numpy, slow))]
        assert (tried[0] == tried[1]).all()
        assert (fast == slow).all()
        if not fast[:, at.OPEN].any():
            break
    assert not fast[:, at.OPEN].any()
    found = fast[:, at.HIGH] != at.NONE
    assert (fast[found, at.HIGH] == edge[found]).all()
    assert (fast[found, at.LOW] == edge[found] - 1).all()
    assert (fast[found, at.START] == edge[found] + 10_000).all()
    plain = (edge <= TOP) & (blocked > TOP)
    assert found[plain].all()
    assert not found[edge > TOP].any()


def test_a_fibre_that_fires_by_itself_is_left():
    table = begun([LEAST], [1])
    one_round(rounds, table, 1, lambda of, k: (np.ones(of.size, bool), np.zeros(of.size, bool)))
    assert not table[0, at.OPEN]


def test_first_starts_alike():
    g = np.random.default_rng(7)
    spike = g.choice([-1.0, 3.5, 4.0, 9.25], 2 * 5 * 16, p=[0.6, 0.1, 0.2, 0.1]).astype(np.float32)
    carries = g.random((32, 5)) < 0.8
    out = [np.empty(32, np.int64) for _ in range(2)]
    for module, start in zip((rounds, rounds_numpy), out, strict=True):
        module.first_starts(spike, carries, start)
    assert (out[0] == out[1]).all()
    assert set(np.unique(out[0])) == {-1, 0, 1, 2, 3, 4}
