"""One server, and the platform with a standby in miniature on it, made anew for each test."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.rehearsal.fault_client import Controls
from shared.rehearsal.inbox import Inbox
from tests import recovery_miniature
from tests.recovery_miniature import AWAY, CHECKPOINT, HOME, RecoveryMiniature
from tests.rehearsal.conftest import Aws, serve

#: A wait of twenty seconds takes less than a half.
WAIT_SCALE = 0.02


@dataclass
class Standby:
    """The platform, what it was told to do wrong, and what it told."""

    mini: RecoveryMiniature
    controls: Controls
    inbox: Inbox

    def told(self) -> list[str]:
        """The events that were published, in order."""
        return [note.document["event"] for note in self.inbox.notes() if "event" in note.document]

    def note(self, event: str) -> dict[str, Any]:
        """The message of an event."""
        return self.inbox.wait_for(lambda note: note.document.get("event") == event).document

    def lose_home(self, mode: str = "refuse") -> None:
        self.controls.lose_region(HOME, mode=mode)

    def calls_home(self) -> list[dict[str, Any]]:
        """What was asked of the lost region."""
        return [call for outage in self.controls.outages() for call in outage["calls"]]


def history(mini: RecoveryMiniature) -> list[dict[str, Any]]:
    """Every version of the checkpoint, in order."""
    found = mini.aws.client("ssm", AWAY).get_parameter_history(Name=CHECKPOINT)
    return [json.loads(version["Value"]) for version in found["Parameters"]]


@pytest.fixture(scope="session")
def standby_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "standby", "--switchover-seconds", "0.3", measured=False)


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Where a test has the time to interrupt a switchover, on a busy machine too."""
    yield from serve(tmp_path_factory, "slow", "--switchover-seconds", "4", measured=False)


@pytest.fixture
def unmeasured(standby_server: Aws) -> Iterator[Standby]:
    """The platform without any sample of the lag."""
    with made(standby_server) as platform:
        yield platform


@pytest.fixture
def standby(unmeasured: Standby) -> Standby:
    """The platform with a lag of 0."""
    unmeasured.mini.report_lag()
    return unmeasured


@pytest.fixture
def slow(slow_server: Aws) -> Iterator[Standby]:
    """The same, with a database that takes seconds to move."""
    with made(slow_server) as platform:
        platform.mini.report_lag()
        yield platform


@contextlib.contextmanager
def made(server: Aws) -> Iterator[Standby]:
    """The platform, on a server that was emptied before."""
    server.server.reset()
    controls = Controls(server.server.endpoint)
    controls.clear()
    controls.shorten_waits(WAIT_SCALE)
    mini = recovery_miniature.build(server)
    with Inbox(mini.topic_arn, server) as inbox:
        yield Standby(mini, controls, inbox)
        controls.clear()
        for execution in mini.running():
            with contextlib.suppress(mini.states.exceptions.ClientError):
                mini.states.stop_execution(executionArn=execution)
