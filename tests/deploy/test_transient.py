from __future__ import annotations

from threading import Event

import pytest

from shared.deploy.transient import ATTEMPTS, EngineError, retrying

PASSING = [
    "ThrottlingException: Rate exceeded",
    "api error RequestLimitExceeded: Request limit exceeded",
    "api error SlowDown: Please reduce your request rate",
    "read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer",
    "dial tcp 127.0.0.1:5000: connect: connection refused",
    "Error: Failed to install provider\n\nError while installing hashicorp/aws: read: unexpected EOF",
    "could not query provider registry for registry.terraform.io/hashicorp/aws",
    "https response error StatusCode: 503, RequestID: x",
    "net/http: TLS handshake timeout",
    "Error acquiring the state lock\nError message: operation error S3: PutObject, https response error "
    "StatusCode: 412, PreconditionFailed\nunable to retrieve file from S3 bucket 'b' with key 'a.tflock': "
    "operation error S3: GetObject, https response error StatusCode: 404, NoSuchKey",
]
LASTING = [
    "Error: Invalid reference",
    "DBClusterAlreadyExistsFault: cluster exists",
    "Error acquiring the state lock: connection reset by peer",
    "ExpiredToken: the security token is expired. ServiceUnavailable",
    "AccessDenied: not authorized",
    "",
    "Error acquiring the state lock\nError message: operation error S3: PutObject, https response error "
    "StatusCode: 412, PreconditionFailed\nLock Info:\n  ID: 1",
]


@pytest.mark.parametrize("text", PASSING)
def test_these_errors_pass(text: str) -> None:
    assert EngineError("plan", text).transient


@pytest.mark.parametrize("text", LASTING)
def test_these_errors_do_not(text: str) -> None:
    assert not EngineError("plan", text).transient


def attempts(text: str, *, succeed_at: int, stopping: bool = False) -> tuple[int, list[str]]:
    tries, said, stop = 0, [], Event()

    def work() -> int:
        nonlocal tries
        tries += 1
        if stopping:
            stop.set()
        if tries < succeed_at:
            raise EngineError("plan", text)
        return tries

    retrying(work, stopping=stop, say=said.append, first_wait=0.001)
    return tries, said


def test_a_passing_error_is_said_and_tried_again() -> None:
    tries, said = attempts("\nSlowDown: reduce\nmore", succeed_at=3)
    assert tries == 3
    assert len(said) == 2
    assert said[0].startswith("passing error, try 2 of 4 in ")
    assert said[0].endswith(" s: SlowDown: reduce")


def test_it_is_not_tried_for_ever() -> None:
    with pytest.raises(EngineError, match="refused"):
        attempts("connection refused", succeed_at=ATTEMPTS + 1)


def test_a_lasting_error_is_not_tried_again() -> None:
    with pytest.raises(EngineError) as failure:
        attempts("Error: Invalid reference", succeed_at=2)
    assert failure.value.headline == "Error: Invalid reference"
    assert EngineError("plan", " \n").headline == "no message"


def test_an_interrupt_while_waiting_is_no_next_try() -> None:
    tries, stop = 0, Event()

    def work() -> None:
        nonlocal tries
        tries += 1
        raise EngineError("plan", "connection refused")

    with pytest.raises(EngineError, match="connection refused"):
        retrying(work, stopping=stop, say=lambda _text: stop.set(), first_wait=30)
    assert tries == 1


def test_nothing_is_tried_again_after_an_interrupt() -> None:
    with pytest.raises(EngineError):
        attempts("connection reset by peer", succeed_at=2, stopping=True)
