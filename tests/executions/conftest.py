"""One server whose clock runs fast, and the platform in miniature on it, made anew for each test."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.rehearsal.fault_client import Controls
from shared.rehearsal.inbox import Inbox
from shared.rehearsal.telemetry import Side, System, Telemetry
from shared.rehearsal.traffic import Weighted
from tests import miniature
from tests.miniature import Miniature
from tests.rehearsal.conftest import Aws, serve

#: A minute of an alarm takes a second and a half.
TIME_SCALE = "0.025"
MINUTE = 1.5


@dataclass
class Platform:
    """The platform, what it reports, what it was told to do wrong, and what it told."""

    mini: Miniature
    telemetry: Telemetry
    controls: Controls
    inbox: Inbox

    def told(self) -> list[str]:
        """The events that were published, in order."""
        return [note.document["event"] for note in self.inbox.notes() if "event" in note.document]

    def forget_the_past(self) -> None:
        """Wait until no window of the gate's reaches back to now, and something was reported since."""
        begun, reports = time.monotonic(), self.telemetry.reports
        while time.monotonic() - begun < 2 * MINUTE or self.telemetry.reports < reports + 2:
            assert time.monotonic() - begun < 240
            time.sleep(0.1)

    def finish(self, execution: str, *answers: str) -> dict[str, Any]:
        """Answer the questions of an execution in turn and wait for its end."""
        for decision in answers:
            self.mini.answer(execution, decision)
        return self.mini.ended(execution)

    def insist(self, execution: str, decision: str) -> dict[str, Any]:
        """Answer every question of an execution in the same way and wait for its end."""
        limit = time.monotonic() + 240
        while self.mini.states.describe_execution(executionArn=execution)["status"] == "RUNNING":
            assert time.monotonic() < limit, self.mini.path(execution)
            with contextlib.suppress(AssertionError):
                self.mini.question(execution, seconds=0)
                self.mini.answer(execution, decision)
            time.sleep(0.2)
        return self.mini.ended(execution)


@pytest.fixture(scope="session")
def fast_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    yield from serve(tmp_path_factory, "fast", "--time-scale", TIME_SCALE, measured=False)


@pytest.fixture
def platform(fast_server: Aws) -> Iterator[Platform]:
    fast_server.server.reset()
    controls = Controls(fast_server.server.endpoint)
    controls.clear()
    mini = miniature.build(fast_server)
    sides = {
        side.region: Side(
            load_balancer=side.load_balancer_arn_suffix,
            target_group_arn=side.target_group_arn,
            cluster_identifier=side.cluster_identifier,
        )
        for side in mini.ids.sides
    }
    system = System(global_cluster=miniature.GLOBAL, sides=sides)
    traffic = Weighted(
        clients=fast_server,
        hosted_zone_id=mini.ids.hosted_zone_id,
        record_name=miniature.RECORD,
        identifiers=dict(zip(sides, (miniature.SETS["source"], miniature.SETS["target"]), strict=True)),
    )
    with (
        Inbox(mini.topic_arn, fast_server) as inbox,
        Telemetry(system, fast_server, traffic, interval=0.5) as telemetry,
    ):
        mini.wait_for_alarms()
        yield Platform(mini, telemetry, controls, inbox)
        for execution in mini.running():
            with contextlib.suppress(mini.states.exceptions.ClientError):
                mini.states.stop_execution(executionArn=execution)
