"""The processes that functions run in, without an embedded AWS around them."""

from __future__ import annotations

import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.rehearsal.extensions import lambda_python, lambda_workers
from shared.rehearsal.extensions.outages import OUTAGES, Outage
from tests.rehearsal.extensions.functions import package


def function(
    name: str, code: str = "def handle(event, context): return event", *, region: str = "eu-west-1"
) -> Any:
    return SimpleNamespace(
        function_arn=f"arn:aws:lambda:{region}:123456789012:function:{name}",
        function_name=name,
        version="$LATEST",
        run_time="python3.12",
        region=region,
        memory_size=128,
        handler="start.handler.handle",
        environment_vars={},
        timeout=30,
        logs_group_name=f"/aws/lambda/{name}",
        logs_backend=SimpleNamespace(groups={}),
        code_bytes=package(handler=code, other=""),
    )


def asked(event: Any = None) -> dict[str, Any]:
    return {"event": event, "seconds": 30, "request": "1", "stream": "s"}


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MOTO_PORT", "1")
    yield
    while lambda_workers._idle:
        lambda_workers._idle.pop().close()


def test_a_process_that_waits_is_taken_again_by_the_same_function_only() -> None:
    first = lambda_workers.take(function("one"))
    assert first.invoke(asked(1), 30) == '{"result": 1}\n'
    lambda_workers.give_back(first)
    other = lambda_workers.take(function("two"))
    assert other is not first
    other.close()
    assert lambda_workers.take(function("one")) is first
    # it is at work now: the next invocation gets one of its own
    second = lambda_workers.take(function("one"))
    assert second is not first
    second.close()
    assert first.close() == 0
    assert not Path(first.root).exists()


def test_only_the_newest_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_workers, "_IDLE", 1)
    workers = [lambda_workers.take(function(name)) for name in ("one", "two")]
    for worker in workers:
        lambda_workers.give_back(worker)
    assert [worker.process.poll() for worker in workers] == [0, None]


def test_one_that_has_ended_meanwhile_is_not_taken() -> None:
    worker = lambda_workers.take(function("one"))
    lambda_workers.give_back(worker)
    worker.process.kill()
    worker.process.wait()
    again = lambda_workers.take(function("one"))
    assert again is not worker
    again.close()


def test_an_import_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_workers, "_IMPORT_SECONDS", 0.1)
    worker = lambda_workers.take(function("one", "import time; time.sleep(60)"))
    assert worker.invoke(asked(), 0) == ""
    assert worker.close() == -signal.SIGALRM


def test_a_process_that_ends_before_it_has_its_event_gives_no_answer() -> None:
    worker = lambda_workers.take(function("one"))
    worker.process.kill()
    worker.process.wait()
    assert worker.invoke(asked(), 30) == ""
    assert worker.close() == -signal.SIGKILL


def test_what_is_printed_is_returned_once() -> None:
    worker = lambda_workers.take(function("one", "def handle(event, context): print(event)"))
    for event in (1, 2):
        worker.invoke(asked(event), 30)
        assert worker.said() == f"{event}\n".encode()
    worker.close()


def test_a_region_that_is_lost_takes_its_processes_with_it() -> None:
    waits, works, elsewhere = (
        lambda_workers.take(function("one", region=region))
        for region in ("eu-west-1", "eu-west-1", "us-east-1")
    )
    lambda_workers.give_back(waits)
    lambda_workers.end_in("eu-west-1")
    assert waits.process.poll() == -signal.SIGKILL
    assert not Path(waits.root).exists()
    assert works.invoke(asked(), 30) == ""
    assert works.close() == -signal.SIGKILL
    assert elsewhere.invoke(asked(1), 30) == '{"result": 1}\n'
    assert elsewhere.close() == 0
    again = lambda_workers.take(function("one"))
    assert again.invoke(asked(2), 30) == '{"result": 2}\n'
    again.close()


def test_a_function_that_was_sent_for_before_its_region_was_lost_is_not_run() -> None:
    OUTAGES.begin(Outage(region="eu-west-1"))
    try:
        answer, said = lambda_python.run(function("one", "print('I ran')"), {}, "1")
    finally:
        OUTAGES.forget()
    assert answer["error"]["errorMessage"].endswith("signal: SIGKILL")
    assert said == b""
