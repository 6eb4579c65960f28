from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deploy.scheduler import run_graph


@settings(max_examples=25)
@given(st.integers(1, 4), st.data())
def test_a_task_starts_after_what_it_needs_and_slots_are_never_exceeded(
    slots: int, data: st.DataObject
) -> None:
    tasks = [str(number) for number in range(data.draw(st.integers(1, 8)))]
    needs = {
        task: data.draw(st.lists(st.sampled_from(tasks[:index]), unique=True)) if index else ["outside"]
        for index, task in enumerate(tasks)
    }
    lock, running, most, ended = threading.Lock(), 0, 0, []

    def work(task: str) -> None:
        nonlocal running, most
        with lock:
            assert set(needs[task]) - {"outside"} <= set(ended)
            running += 1
            most = max(most, running)
        time.sleep(0.001)
        with lock:
            running -= 1
            ended.append(task)

    assert run_graph(tasks, needs, work, slots=slots, stopping=threading.Event()) == set(tasks)
    assert most <= slots
    assert sorted(ended) == sorted(tasks)


def test_once_stopping_nothing_new_starts() -> None:
    stopping = threading.Event()

    def work(_task: str) -> None:
        stopping.set()

    assert run_graph(["a", "b"], {}, work, slots=1, stopping=stopping) == {"a"}


def test_an_exception_is_raised_after_what_runs_has_ended() -> None:
    finished: list[str] = []

    def work(task: str) -> None:
        if task == "bad":
            raise RuntimeError("no")
        time.sleep(0.4)
        finished.append(task)

    with pytest.raises(RuntimeError, match="no"):
        run_graph(["bad", "slow", "later"], {"later": ["slow"]}, work, slots=2, stopping=threading.Event())
    assert finished == ["slow"]
