"""Rounds of a search for an edge in amplitude: what each lane tries next, and what its outcome says of its fibre.

The rules are those of `rheobase.nerve.search`. They are compiled because they stand between two calls of the kernel,
where threads that search for other fibres would wait for each other.
"""

from __future__ import annotations

from functools import partial

from rheobase.kernel.known import (
    CLEAN,
    DESCENDING,
    HIGH,
    KEPT_HIGH,
    KEPT_LOW,
    KEPT_START,
    LOW,
    NONE,
    OPEN,
    START,
    STEP,
    TRIAL,
    TURNED,
    VAIN,
)
from rheobase.kernel.vector import compiled

_short = partial(compiled, nogil=False)  # too short for another thread to take a turn


@_short
def propose(known, lanes_of, copies, top, farthest, descent, k, asked):
    """Index of the amplitude that each lane tries next, ascending over the lanes of a fibre.

    Parameters
    ----------
    known : int64 (fibre, column)
        What is known; see `rheobase.kernel.known`.
    lanes_of : int64 (lane,)
        Fibre of each lane; the `copies` lanes of a fibre follow each other.
    copies : int
        Lanes a fibre.
    top, farthest, descent : int
        Last index; longest stride; stride below a block.
    k, asked : int64 (lane,), bool (lane,)
        Out: index, and whether the lane's fibre is still searched; other lanes are left as they are.
    """
    for begin in range(0, lanes_of.size, copies):
        one = known[lanes_of[begin]]
        if one[OPEN] == 0:
            continue
        low, high, trial, step = one[LOW], one[HIGH], one[TRIAL], one[STEP]
        ahead, stride = 0, min(step, farthest)
        for i in range(copies):
            c = i
            if high != NONE and low == NONE:  # strides grow downwards
                c = copies - 1 - i
            if copies > 1 and one[DESCENDING] != 0:
                at = trial - (copies - 1 - c) * descent
            elif low != NONE and high != NONE:
                at = min(low + max(((high - low) * (c + 1)) // (copies + 1), 1), high - 1)
            elif high != NONE:
                at = trial - ahead
            elif low != NONE:
                at = trial + ahead
            else:
                at = trial + (c - copies // 2) * step
            ahead += stride
            stride = min(stride * 2, farthest)
            k[begin + c], asked[begin + c] = min(at, top), True


@_short
def learn(known, lanes_of, copies, top, farthest, descent, least, k, beyond, vain, start):
    """Take in the outcome of one round, and decide which trial comes next or whether a fibre is done.

    Parameters
    ----------
    known, lanes_of, copies, top, farthest, descent, k
        As of `propose`; `known` is changed in place.
    least : int
        A fibre that fires at so little fires by itself.
    beyond, vain : bool (lane,)
        Whether the lane is beyond the edge; whether a spike started in it that did not arrive.
    start : int64 (lane,)
        Node at which its first spike started.
    """
    for begin in range(0, lanes_of.size, copies):
        one = known[lanes_of[begin]]
        if one[OPEN] == 0:
            continue
        high, began = -NONE, -1
        for i in range(begin, begin + copies):
            if beyond[i] and k[i] < high:
                high, began = k[i], start[i]
        low, clean, lowest_vain = NONE, NONE, -NONE
        for i in range(begin, begin + copies):
            if not beyond[i] and k[i] < high:  # what is silent above a firing amplitude says nothing of the lowest edge
                low = max(low, k[i])
                if vain[i]:
                    lowest_vain = min(lowest_vain, k[i])
                else:
                    clean = max(clean, k[i])
        fires, down = high != -NONE, one[DESCENDING] != 0
        if fires:
            one[HIGH], one[START] = high, began
        if fires or not down:
            one[LOW] = max(one[LOW], low)
        if lowest_vain != -NONE:
            one[VAIN] = lowest_vain if one[VAIN] == NONE else min(one[VAIN], lowest_vain)
        one[CLEAN] = max(one[CLEAN], clean)
        back = down and clean != NONE and not fires
        closed = one[LOW] != NONE and one[HIGH] - one[LOW] == 1
        ended = not down and (closed or (one[LOW] >= top and not fires))
        turns = ended and one[TURNED] == 0 and one[VAIN] != NONE and one[VAIN] <= one[LOW]
        turns = turns and (one[CLEAN] == NONE or one[VAIN] > one[CLEAN] + descent)
        if back:
            one[LOW], one[HIGH], one[START] = one[KEPT_LOW], one[KEPT_HIGH], one[KEPT_START]
        if turns:
            one[KEPT_LOW], one[KEPT_HIGH], one[KEPT_START] = one[LOW], one[HIGH], one[START]
            one[LOW], one[HIGH], one[START], one[TURNED] = NONE, NONE, -1, 1
        one[DESCENDING] = turns or (down and not fires and not back)
        one[OPEN] = not ((fires and high <= least) or back or (ended and not turns))
        # From here on by halves between known sides, by growing strides with one side known.
        if one[DESCENDING] != 0:
            one[TRIAL] = min(one[VAIN], k[begin]) - descent
        elif one[LOW] != NONE and one[HIGH] != NONE:
            one[TRIAL] = (one[LOW] + one[HIGH]) // 2
        elif one[HIGH] != NONE:
            one[TRIAL] = one[HIGH] - one[STEP]
        else:
            one[TRIAL] = min(max(one[LOW], k[begin + copies - 1]) + one[STEP], top)
        one[STEP] = min(one[STEP] << min(copies, 20), farthest)


@_short
def first_starts(spike, carries, start):
    """Find the node of each lane that rose first.

    Parameters
    ----------
    spike : float32 (block, node; lane)
        Step of the first rise, below 0 where there was none.
    carries : bool (lane, node)
        Nodes that count.
    start : int64 (lane,)
        Out: the node, -1 for none.
    """
    n_nodes = carries.shape[1]
    for lane in range(start.size):
        begin = lane // 16 * n_nodes * 16 + lane % 16
        start[lane] = -1
        for n in range(n_nodes):
            when = spike[begin + n * 16]
            if when >= 0.0 and carries[lane, n] and (start[lane] < 0 or when < spike[begin + start[lane] * 16]):
                start[lane] = n
