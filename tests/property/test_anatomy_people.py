"""Body parts of drawn people: nothing overlaps, girths are those asked for, nerves stay in soft tissue."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.anatomy import sample_parts
from rheobase.tables import row

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from anatomy_cases import HARD, PARTS

SLOW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def scattered(part, count, rng):
    z = rng.uniform(*part.ends_mm, count)
    theta = rng.uniform(-np.pi, np.pi, count)
    r = part.fascia_mm(theta, z) * np.sqrt(rng.uniform(0, 0.999, count))
    return np.column_stack([r * np.cos(theta), r * np.sin(theta), z])


def holders(one, by_name):
    held = []
    while one.within:
        held.append(one.within)
        one = by_name[one.within]
    return held


@pytest.mark.parametrize("kind", PARTS, ids=lambda k: k.__name__)
@given(seed=st.integers(0, 10_000))
@SLOW
def test_a_body_part_of_anybody_is_possible(kind, seed):
    part = sample_parts(kind, 1, seed=seed)[0]
    rng = np.random.default_rng(seed)

    # layers lie inside one another
    t, z = np.meshgrid(np.linspace(-np.pi, np.pi, 36), np.linspace(*part.ends_mm, 21))
    skin, fat, fascia = part.borders_mm(t, z)
    assert (skin > fat).all()
    assert (fat > fascia).all()
    assert (fascia > 10.0).all()

    # no point lies in two bones, vessels or cavities, unless one holds the other
    by_name = {i.name: i for i in part.inclusions}
    p = scattered(part, 4000, rng)
    inside = {name: i.rod.contains(p) for name, i in by_name.items()}
    for a, b in combinations(by_name, 2):
        if a not in holders(by_name[b], by_name) and b not in holders(by_name[a], by_name):
            assert not (inside[a] & inside[b]).any(), (a, b)

    # every bone and vessel is below the fascia
    for one in part.inclusions:
        at = np.linspace(max(one.rod.along_mm[0], part.ends_mm[0]), min(one.rod.along_mm[-1], part.ends_mm[1]), 7)
        for level in at:
            ring = one.outline_mm(level, points=24)
            room = part.fascia_mm(np.arctan2(ring[:, 1], ring[:, 0]), np.full(24, level)) - np.hypot(*ring.T)
            assert room.min() > -0.3, one.name

    # the main girth is that of the person within 1 %
    frame = part.data["frame"]
    level = part.along_mm_of(frame["girth_share"])
    assert part.girth_mm(level) == pytest.approx(part.named_girth_mm(frame["girth_of"]), rel=0.01)

    # nerves run in soft tissue, below the skin
    names = np.array([tissue.name for tissue in part.tissues])
    for nerve in part.nerves.values():
        met = set(names[part.labels_at(np.array(nerve.points_mm)[::5])])
        if not row(nerve.rows[0]).get("through"):
            assert not met & set(HARD), (nerve.name, met)
        assert "skin" not in met

    # places are on the part
    assert all(part.ends_mm[0] < s.along_mm < part.ends_mm[1] for s in part.sites.values())
