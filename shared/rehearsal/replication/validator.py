"""Compares every table of a running task again and again, with a rest in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from shared.rehearsal.replication import validation
from shared.rehearsal.replication.link import Link
from shared.rehearsal.replication.state import COMPLETED, TableState
from shared.rehearsal.replication.validation import Verdict

_SHORTEST_SECONDS = 0.5
#: Resting twice as long as it works: the servers share the machine.
_REST = 2.0
_DRAIN_SECONDS = 5.0
_LOOK_SECONDS = 0.02
_APPLIED = "SELECT confirmed_flush_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"


@dataclass(kw_only=True)
class Validator:
    """One task's comparisons."""

    link: Link
    states: Callable[[], list[TableState]]
    stop: threading.Event

    def run(self) -> None:
        """Compare until it is stopped. An end that is away for now is waited for."""
        pause = 0.0
        while not self.stop.wait(pause):
            began = time.monotonic()
            try:
                with self.link.source.connect() as source, self.link.target.connect() as target:
                    self._round(source, target)
            except psycopg.OperationalError:
                pass
            pause = max(_SHORTEST_SECONDS, _REST * (time.monotonic() - began))

    def _round(self, source: psycopg.Connection[Any], target: psycopg.Connection[Any]) -> None:
        for state in self.states():
            if self.stop.is_set():
                return
            if not state.table.key:
                state.compared(Verdict(state=validation.NO_KEY))
            elif state.state == COMPLETED:
                self._compare(state, source, target)

    def _compare(
        self, state: TableState, source: psycopg.Connection[Any], target: psycopg.Connection[Any]
    ) -> None:
        try:
            verdict = validation.compare(source, target, state.table, lambda: self._drained(source))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:  # the table is gone, or its columns are others
            verdict = Verdict(state=validation.ERROR, details=str(error).strip())
        if not self.stop.is_set():
            state.compared(verdict)

    def _drained(self, source: psycopg.Connection[Any]) -> bool:
        position = source.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        end = time.monotonic() + _DRAIN_SECONDS
        while source.execute(_APPLIED, [position[0] if position else "", self.link.name]).fetchone() != (
            True,
        ):
            if time.monotonic() > end or self.stop.wait(_LOOK_SECONDS):
                return False
        return True
