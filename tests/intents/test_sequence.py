"""Texts that sort as they were made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from shared.intents.sequence import Sequences

TIMES = st.lists(st.integers(min_value=10**18, max_value=2 * 10**18), min_size=1, max_size=50)


@given(TIMES)
def test_they_sort_as_made_whatever_the_clock_does(times):
    ticks = iter(times)
    sequences = Sequences(clock=lambda: next(ticks))
    made = [sequences.next() for _ in times]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(len(one) == 33 for one in made)


def test_a_later_process_sorts_after_an_earlier_one():
    early, late = Sequences(clock=lambda: 10**18), Sequences(clock=lambda: 10**18 + 10**6)
    for _ in range(20):
        assert early.next() < late.next()


def test_threads_share_one():
    sequences = Sequences()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sequences.next(), range(500)))
    assert len(set(made)) == 500
