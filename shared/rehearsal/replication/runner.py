"""A task that runs: loads, follows, compares, stops, and can go on where it stopped.

Each runner is one start of one task. What DMS shows of it (status, tables, latencies) is read from its
attributes at any time, from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from shared.rehearsal.replication import load, tables
from shared.rehearsal.replication.lag import Counts, Reading, Watch
from shared.rehearsal.replication.link import Link
from shared.rehearsal.replication.state import TableState
from shared.rehearsal.replication.validator import Validator

STARTING, RUNNING, STOPPING, STOPPED, FAILED = "starting", "running", "stopping", "stopped", "failed"
NORMAL, CACHED = "Stop Reason NORMAL", "Stop Reason STOPPED_AFTER_CACHED_EVENTS"
_FATAL = "Stop Reason FATAL_ERROR"
_LOOK_SECONDS = 0.2
_COUNT_SECONDS = 1.0
_NEW_TABLES_SECONDS = 2.0
#: Attempts in a row without any progress after which it is no bad luck.
_HOPELESS = 3

Told = Callable[["Runner"], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a task is to do, from its settings."""

    kind: str
    """`full-load-and-cdc` or `cdc`."""
    mappings: str
    preparation: str = "DO_NOTHING"
    ignore_conflicts: bool = False
    stop_when_cached_are_applied: bool = False
    validate: bool = True
    follow_new_tables: bool = True


@dataclass
class Runner:
    """One start of a task."""

    link: Link
    plan: Plan
    fresh: bool
    """From the beginning; else it goes on from where the slot stands."""
    told: Told
    """Called after every change of the status, by the runner's thread."""
    known: dict[str, TableState] = field(default_factory=dict)
    """Name -> what is known of a table; given when it goes on."""
    status: str = STARTING
    failure: str = ""
    stop_reason: str = ""
    reading: Reading = field(default_factory=Reading)
    counts: tuple[Counts, Counts] = field(default_factory=lambda: ({}, {}))
    loaded: tuple[datetime | None, datetime | None] = (None, None)
    """When the full load began and ended."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """Held while the status changes: one who stops it must not put STOPPING over its end."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin; returns at once."""
        thread = threading.Thread(target=self._run, name=f"dms {self.link.name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Ask it to stop; returns at once."""
        with self._turn:
            if self.status == RUNNING:
                self.status = STOPPING
            self._stop.set()

    def end(self, seconds: float = 30.0) -> None:
        """Stop, and wait until every thread is done."""
        self._stop.set()
        for thread in list(self._threads):
            thread.join(seconds)

    @property
    def working(self) -> bool:
        """Say whether it may not be changed now."""
        return self.status in {STARTING, RUNNING, STOPPING}

    @property
    def loads_anew(self) -> bool:
        """Say whether it was stopped before everything was loaded, so that who goes on loads anew."""
        return self.status == STOPPED and self.plan.kind != "cdc" and self.loaded[1] is None

    def _run(self) -> None:
        watch = Watch(self.link)
        try:
            if self.fresh:
                self._begin()
            elif not self.link.there():
                raise ValueError("there is no position to go on from: start it anew")  # noqa: TRY301
            watch.begin("source")
            self._become(RUNNING)
            if self.plan.kind == "cdc" or not self.fresh or self._load():
                watch.begin("target")
                self.link.enable()
                if not self._stop.is_set():
                    self._follow(watch)
                # whatever ended it, nobody compares any more: the next start has a validator of its own
                self._stop.set()
                self.link.disable()
            self.stop_reason = self.stop_reason or NORMAL
            self._become(STOPPED)
        except (psycopg.Error, ValueError, TimeoutError) as error:
            self._fail(str(error))
        finally:
            watch.close()

    def _fail(self, why: str) -> None:
        self.failure, self.stop_reason = why.strip(), _FATAL
        self._stop.set()
        try:
            if self.link.there():
                self.link.disable()
        except (psycopg.Error, TimeoutError):
            pass  # the end that fails is the reason
        self._become(FAILED)

    def _become(self, status: str) -> None:
        with self._turn:
            if not (status == RUNNING and self._stop.is_set()):
                self.status = status
        self.told(self)

    def _begin(self) -> None:
        """Make everything anew: what an earlier start left is taken away first."""
        self.link.drop()
        with self.link.source.connect() as connection:
            chosen = tables.selected(connection, self.plan.mappings)
        if not chosen:
            raise ValueError("No tables were found at task initialization: none matches the selection rules")
        self.known = {one.full_name: TableState(table=one) for one in chosen}
        self.link.publish(chosen)
        if self.plan.kind == "cdc":
            with self.link.slot():
                pass
            self.link.subscribe()
            for state in self.known.values():
                state.completed()

    def _load(self) -> bool:
        """Load every table; False when it was stopped before that, and nothing of the way is left."""
        chosen = [state.table for state in self.known.values()]
        self.loaded = (datetime.now(UTC), None)
        load.prepare(self.link.source, self.link.target, chosen, self.plan.preparation)
        with self.link.slot() as snapshot:
            for state in self.known.values():
                if self._stop.is_set():
                    break
                self._load_table(state, snapshot)
            else:
                self.loaded = (self.loaded[0], datetime.now(UTC))
        if self.loaded[1] is None:
            # a slot would keep the source's log for a copy that nobody goes on with
            self.link.drop()
            return False
        self.link.subscribe()
        return True

    def _load_table(self, state: TableState, snapshot: str) -> None:
        state.loading()
        try:
            load.copy(
                self.link.source,
                self.link.target,
                state.table,
                snapshot,
                ignore_conflicts=self.plan.ignore_conflicts,
                seen=state.loaded,
            )
        except psycopg.Error as error:
            state.error(str(error))
            raise
        state.completed()

    def _follow(self, watch: Watch) -> None:
        """Look until somebody stops it, or it cannot go on (ValueError)."""
        self._validate()
        cached = self._cached(watch)
        counted = searched = time.monotonic()
        errors, applied = 0, -1
        first = True
        while not self._stop.wait(0 if first else _LOOK_SECONDS):
            now = time.monotonic()
            try:
                self.reading = watch.look()
                if first or now - counted >= _COUNT_SECONDS:
                    self.counts, counted, first = watch.counts(), now, False
            except psycopg.OperationalError:
                # for ever, as RecoverableErrorCount -1 has it
                errors = self.reading.errors
                continue
            if self.reading.applied > applied or not self.reading.behind:
                errors, applied = self.reading.errors, self.reading.applied
            if self.reading.errors - errors >= _HOPELESS:
                raise ValueError(
                    "Last Error: a change cannot be applied to the target. Stop Reason FATAL_ERROR"
                )
            if cached is not None and self.reading.applied >= cached:
                self.stop_reason = CACHED
                return
            if self.plan.follow_new_tables and now - searched >= _NEW_TABLES_SECONDS:
                searched = now
                self._follow_new_tables()

    def _validate(self) -> None:
        if self.plan.validate:
            validator = Validator(
                link=self.link,
                states=lambda: list(self.known.values()),
                stop=self._stop,
            )
            thread = threading.Thread(target=validator.run, name=f"validation {self.link.name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _cached(self, watch: Watch) -> int | None:
        """Return the position from which nothing is left of what came during the full load."""
        wanted = self.fresh and self.plan.kind != "cdc" and self.plan.stop_when_cached_are_applied
        return watch.look().written if wanted else None

    def _follow_new_tables(self) -> None:
        chosen: list[tables.Table] = []
        # looked for again later, as RecoverableErrorCount -1 has it
        with suppress(psycopg.OperationalError), self.link.source.connect() as connection:
            chosen = tables.selected(connection, self.plan.mappings)
        for table in chosen:
            if table.full_name not in self.known:
                state = self.known[table.full_name] = TableState(table=table)
                state.loading()
                load.prepare(self.link.source, self.link.target, [table], "DO_NOTHING")
                self.link.follow(table)
                state.completed()
