"""The plain twin of the rounds of a search: all fibres at once, one line a rule."""

from __future__ import annotations

import numpy as np

from rheobase.kernel import known as at


def propose(known, lanes_of, copies, top, farthest, descent, k, asked):
    """As the compiled one."""
    fibres = lanes_of[::copies]
    still = known[fibres, at.OPEN] != 0
    low, high, trial, step = (known[fibres, i][:, None] for i in (at.LOW, at.HIGH, at.TRIAL, at.STEP))
    c = np.arange(copies)
    has_low, has_high = low != at.NONE, high != at.NONE
    strides = np.minimum(np.minimum(step, farthest) * 2 ** np.minimum(c, 20), farthest)
    spread = np.cumsum(strides, axis=1) - strides
    between = low + np.maximum(((high - low) * (c + 1)) // (copies + 1), 1)
    tried = np.where(has_high, trial - spread[:, ::-1], trial + spread)
    tried = np.where(has_low | has_high, tried, trial + (c - copies // 2) * step)
    tried = np.where(has_low & has_high, np.minimum(between, high - 1), tried)
    if copies > 1:
        down = known[fibres, at.DESCENDING][:, None] != 0
        tried = np.where(down, trial - (copies - 1 - c) * descent, tried)
    k.reshape(-1, copies)[still] = np.minimum(tried, top)[still]
    asked.reshape(-1, copies)[still] = True


def learn(known, lanes_of, copies, top, farthest, descent, least, k, beyond, vain, start):
    """As the compiled one."""
    every = lanes_of[::copies]
    still = known[every, at.OPEN] != 0
    fibres = every[still]
    k, beyond, vain, start = (a.reshape(-1, copies)[still] for a in (k, beyond, vain, start))
    one = known[fibres]
    big = -at.NONE
    firing = np.where(beyond, k, big)
    high, first = firing.min(axis=1), firing.argmin(axis=1)
    fires, down = high < big, one[:, at.DESCENDING] != 0
    silent = ~beyond & (k < high[:, None])
    low = np.where(silent, k, at.NONE).max(axis=1)
    clean = np.where(silent & ~vain, k, at.NONE).max(axis=1)
    one[:, at.HIGH] = np.where(fires, high, one[:, at.HIGH])
    one[:, at.START] = np.where(fires, start[np.arange(len(start)), first], one[:, at.START])
    one[:, at.LOW] = np.where(down & ~fires, one[:, at.LOW], np.maximum(one[:, at.LOW], low))
    in_vain = np.where(one[:, at.VAIN] == at.NONE, big, one[:, at.VAIN])
    in_vain = np.minimum(in_vain, np.where(silent & vain, k, big).min(axis=1))
    one[:, at.VAIN] = np.where(in_vain < big, in_vain, at.NONE)
    one[:, at.CLEAN] = np.maximum(one[:, at.CLEAN], clean)
    back = down & (clean != at.NONE) & ~fires
    closed = (one[:, at.LOW] != at.NONE) & (one[:, at.HIGH] - one[:, at.LOW] == 1)
    ended = ~down & (closed | ((one[:, at.LOW] >= top) & ~fires))
    turns = ended & (one[:, at.TURNED] == 0) & (one[:, at.VAIN] != at.NONE) & (one[:, at.VAIN] <= one[:, at.LOW])
    turns &= (one[:, at.CLEAN] == at.NONE) | (one[:, at.VAIN] > one[:, at.CLEAN] + descent)
    sides, kept = [at.LOW, at.HIGH, at.START], [at.KEPT_LOW, at.KEPT_HIGH, at.KEPT_START]
    one[np.ix_(back, sides)] = one[np.ix_(back, kept)]
    one[np.ix_(turns, kept)] = one[np.ix_(turns, sides)]
    one[np.ix_(turns, [*sides, at.TURNED])] = at.NONE, at.NONE, -1, 1
    one[:, at.DESCENDING] = turns | (down & ~fires & ~back)
    one[:, at.OPEN] = ~((fires & (high <= least)) | back | (ended & ~turns))
    has_low, has_high = one[:, at.LOW] != at.NONE, one[:, at.HIGH] != at.NONE
    upwards = np.minimum(np.maximum(one[:, at.LOW], k[:, -1]) + one[:, at.STEP], top)
    trial = np.where(has_high, one[:, at.HIGH] - one[:, at.STEP], upwards)
    trial = np.where(has_low & has_high, (one[:, at.LOW] + one[:, at.HIGH]) // 2, trial)
    below = np.minimum(one[:, at.VAIN], k[:, 0]) - descent
    one[:, at.TRIAL] = np.where(one[:, at.DESCENDING] != 0, below, trial)
    one[:, at.STEP] = np.minimum(one[:, at.STEP] << min(copies, 20), farthest)
    known[fibres] = one


def first_starts(spike, carries, start):
    """As the compiled one."""
    blocks = start.size // 16
    by_lane = spike.reshape(blocks, -1, 16).transpose(0, 2, 1).reshape(start.size, -1)
    counts = carries & (by_lane >= 0.0)
    start[:] = np.where(counts.any(axis=1), np.where(counts, by_lane, np.inf).argmin(axis=1), -1)
