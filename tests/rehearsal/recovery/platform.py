"""As much of a journey as the recovery's parts touch: what stands is said by a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console

from shared.operations.recovery.facts import Checkpoint, Pin, Topology
from shared.rehearsal.chapters import Chapters
from shared.rehearsal.journeys import AnyJourney
from shared.rehearsal.recovery.customers import Receipt
from shared.rehearsal.recovery.journey import Journey
from tests.operations.recovery.topologies import AWAY, HOME, database, topology
from tests.synthesized import recovery_settings

__all__ = ["AWAY", "HOME", "Platform"]


class Controls:
    """Keeps what it was asked."""

    def __init__(self, log: list[str]) -> None:
        self._log = log
        self.under_way = 1

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *words, **more: self._log.append(
            " ".join([name, *map(str, words), *map(str, more.values())])
        )

    def replication_under_way(self) -> int:
        return self.under_way


class Platform:
    """Stands for `Journey`."""

    home, away = HOME, AWAY

    def __init__(self) -> None:
        self.log: list[str] = []
        self.chapters = Chapters()
        self.controls = Controls(self.log)
        self.environment = recovery_settings()
        self.telemetry = SimpleNamespace(lag_ms=None)
        self.customers = SimpleNamespace(receipts={}, accepted=self._accepted)
        self.refusals: list[str] = []
        self.notes: list[dict[str, Any]] = []
        self.lost = ""
        self.now = topology("none", HOME)
        self.answer = HOME
        self.dns = SimpleNamespace(region=lambda: self.answer)
        self.asked: dict[str, int] = {}
        self.clients = SimpleNamespace(client=lambda *_: self.machine)
        self.machine = SimpleNamespace(
            stop_execution=lambda **how: self.log.append(f"stop {how['executionArn']}")
        )
        self.books: Any = None
        self.looked: Callable[[], None] = lambda: None
        self.rehearsal = SimpleNamespace(
            regions=(HOME, AWAY),
            console=Console(quiet=True),
            findings={},
            stacks=["one", "two", "three"],
            deployment=SimpleNamespace(manifest="manifest"),
            plan_again=lambda stacks=(): self.log.append(" ".join(["plan", *stacks])),
        )

    framed = AnyJourney.framed

    @property
    def journey(self) -> Journey:
        return cast("Journey", self)

    def open(self) -> None:
        self.log.append("open")

    def close(self) -> None:
        self.log.append("close")

    def stand(self, stage: str, writer: str, **facts: Any) -> None:
        """Let it stand so; clients and pin follow the writer."""
        self.answer = writer
        self.now = topology(stage, writer, **{"pin": Pin(pinned=writer == AWAY), **facts})

    def topology(self) -> Topology:
        return self.now

    def look(self) -> Topology:
        self.looked()
        return self.now

    def told(self) -> list[dict[str, Any]]:
        return self.notes

    def tell(self, *events: str) -> None:
        moment = datetime.now(UTC).isoformat()
        self.notes += [{"event": event, "at": moment, "reasons": []} for event in events]

    def operator(self, *, seen: Callable[[Topology], None] | None = None) -> Any:
        return SimpleNamespace(seen=seen or (lambda _: None))

    def pace(self, scale: float) -> None:
        self.log.append(f"pace {scale:g}")

    def lose(self, mode: str) -> None:
        self.log.append(f"lose {mode}")
        self.lost, self.answer = HOME, AWAY

    def bring_back(self) -> None:
        self.log.append("back")
        self.lost = ""

    def calls_to_lost(self) -> dict[str, int]:
        return self.asked

    def wait_for_alarms(self) -> None:
        self.log.append("alarms")

    def pay(self, region: str, *, tries: int = 1, key: str = "") -> None:
        name = key or f"payment-{len(self.customers.receipts)}"
        self.customers.receipts[name] = Receipt(region=region, at=time.monotonic(), tries=tries)

    def _accepted(self, *, since: float = 0.0, region: str = "") -> list[Receipt]:
        return [
            one
            for one in self.customers.receipts.values()
            if one.at >= since and (not region or one.region == region)
        ]

    def result(self, outcome: str, operation: str = "failover", before: Topology | None = None) -> Any:
        return SimpleNamespace(
            outcome=outcome, operation=operation, before=before or topology("none", HOME), after=self.now
        )

    def fails_over(self, outcome: str = "failed-over") -> Any:
        """Stand as after a failover, and return its result."""
        before = self.now
        drained = Checkpoint(
            stage="failed-over", lag_ms=80.4, lag_at="2026-03-01T12:04:00Z", writes="not-blocked"
        )
        self.now = replace(before, database=database(AWAY), pin=Pin(pinned=True), checkpoint=drained)
        self.answer = AWAY
        self.tell("started", "pinned", "promoted", "drained", outcome)
        return self.result(outcome, before=before)
