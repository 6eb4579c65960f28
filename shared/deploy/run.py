"""One run of a command: what its parts share, from the first look to the report."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from typing import TYPE_CHECKING

from shared.deploy import journal, locks, page, queue, states, unlock, upstreams
from shared.deploy.interrupt import Interrupts
from shared.deploy.journal import EngineProcess, Journal
from shared.deploy.log import StackLog
from shared.deploy.page import words
from shared.deploy.process import Processes
from shared.deploy.progress import Progress
from shared.deploy.report import EXIT_FAILED, EXIT_REFUSED, RunReport, exit_code, numbers, since, stack_report
from shared.deploy.sharing import SharedPlugins
from shared.deploy.terraform import Program, Terraform
from shared.deploy.trouble import AWS_ERRORS
from shared.deploy.work import BAD, DONE, OPEN, Span, Work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from shared.deploy.manifest import Manifest
    from shared.deploy.options import Options
    from shared.deploy.states import ClientFactory, StateSummary


class Run:
    """What the parts of one run share. Works are changed by one thread at a time."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        clients: ClientFactory,
        workdir: Path,
        console: Console,
        options: Options,
        command: str,
        program: Program,
    ) -> None:
        self.manifest = manifest
        self.clients = clients
        self.workdir = workdir
        self.console = console
        self.options = options
        self.command = command
        self.program = program
        self.folder = journal.new_folder(workdir, command)
        self.journal = Journal(self.folder)
        self.processes = Processes()
        self.plugins = SharedPlugins(program.shared_cache)
        self.interrupts = Interrupts(self.processes, self._say)
        self.works: dict[str, Work] = {}
        self.states: dict[str, StateSummary] = {}
        self.standing: set[str] = set()
        """Stacks that are applied in full."""
        self.progress = Progress(console, ())
        self.questions: list[Span] = []
        """When a question waited for its answer."""
        self.looking = False
        """It compares states with what stands, and plans nothing: 2 is the exit code of drift alone."""
        self.listings: dict[tuple[str, str], frozenset[str]] = {}
        """Keys of a state bucket, by region and bucket, as they were at the start."""
        self._lock = threading.Lock()
        self._history: dict[str, list[EngineProcess]] | None = None
        self._begun = time.monotonic()
        self._started = journal.now()

    def history(self, address: str) -> list[EngineProcess]:
        """Return the engine processes that were started for the stack.

        Those of this run are among them once an apply or destroy of it came to a bad end.
        """
        with self._lock:
            if self._history is None:
                self._history = journal.history(self.workdir)
            return self._history.get(self.manifest.stack(address).state_key, [])

    def observe(self) -> None:
        """Look at the states of all stacks."""
        self.states = states.observe(self.manifest, self.clients)
        cut = [address for address in self.states if journal.cut_off(self.history(address))]
        self.standing = upstreams.finished(self.manifest, self.states, cut)

    def look_again(self, address: str) -> None:
        """Look at one state after it was written."""
        entry = self.manifest.stack(address)
        found = states.read(entry, self.clients)
        with self._lock:
            if found is None:
                self.states.pop(address, None)
            else:
                self.states[address] = found
            if found is None or upstreams.lacks(entry, found):
                self.standing.discard(address)
            else:
                self.standing.add(address)

    def enqueue(self, addresses: Iterable[str]) -> None:
        """Take the stacks into the run, in this order."""
        line = list(addresses)
        stage = queue.stages(self.manifest, line)
        for address in line:
            log = StackLog(self.folder, address)
            self.works[address] = Work(entry=self.manifest.stack(address), stage=stage[address], log=log.path)
        self.progress = Progress(self.console, line)
        self.journal.write("queue", stacks=line, stages=stage)

    def terraform(self, work: Work) -> Terraform:
        """Return the engine for one stack."""
        key = work.entry.state_key
        log = locks.Witness(self.folder, work.entry, self.clients, self.journal)

        def ended(pid: int, code: int) -> None:
            self.journal.ended(work.address, key, pid, code)
            if log.writing and code:
                with self._lock:
                    self._history = None

        return Terraform(
            program=self.program,
            processes=self.processes,
            directory=self.manifest.directory(work.entry),
            log=log,
            lock_timeout=self.options.lock_timeout,
            on_start=log.started,
            on_end=ended,
        )

    def settle(self, work: Work) -> None:
        """Show and record where the stack stands now."""
        counts = work.summary.counts if work.summary else {}
        # problems are told in full at the end
        reason = "; ".join(work.reasons)
        shown = reason or numbers(work)
        label = words.word(work.status, looking=self.looking)
        self.progress.end(work.address, label, shown)
        self.journal.write("status", work.address, status=work.status, counts=counts, reasons=work.reasons)
        # a look mends nothing, and a plan without a lock leaves that of a dead process: who made what, and
        # whose it is, is still to be proven
        if work.status in DONE and not self.looking and self.options.lock:
            self.journal.settled(work.address, work.entry.state_key)

    def note(self, work: Work, text: str) -> None:
        """Say and record something that was done beside the plan."""
        work.notes.append(text)
        StackLog(self.folder, work.address).say(text)
        self.progress.say(text, work.address)
        self.journal.write("note", work.address, text=text)

    def inputs(self, work: Work) -> str:
        """Return a digest of the values that the stack reads from its upstreams as they stand."""
        read = [
            [state.outputs.get(name) for name in read.fields]
            if (state := self.states.get(read.address))
            else None
            for read in work.entry.reads
        ]
        return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()

    def obstacles(self, work: Work) -> tuple[str, ...]:
        """Return what the stack has to wait for before it can be planned."""
        missing: list[str] = []
        half: list[str] = []
        reasons: list[str] = []
        for read in work.entry.reads:
            upstream = self.works.get(read.address)
            if upstream is None or upstream.status in DONE | BAD:
                continue
            changing = sorted(set(read.fields) & set(upstream.summary.outputs)) if upstream.summary else []
            if read.address not in self.standing:
                (half if read.address in self.states else missing).append(read.address)
            elif upstream.status == "deferred":
                reasons.append(f"waits for {read.address}")
            elif changing:
                reasons.append(f"waits for {read.address}: {', '.join(changing)} will change")
        if missing:
            reasons.insert(0, f"waits for {', '.join(missing)} (not applied yet)")
        if half:
            reasons.insert(0, f"waits for {', '.join(half)} (applied in part only)")
        return tuple(reasons)

    def fallen(self, work: Work) -> str | None:
        """Return why the stack can no longer run: an upstream of this run that came to a bad end."""
        for read in work.entry.reads:
            upstream = self.works.get(read.address)
            if upstream and upstream.status in BAD:
                verb = "" if upstream.status == "failed" else "was "
                return f"{read.address} {verb}{upstream.status}"
        return None

    def with_status(self, *wanted: str) -> list[Work]:
        """Return the works with one of these statuses, in order."""
        return [work for work in self.works.values() if work.status in wanted]

    def refuse_all(self) -> None:
        """Stop everything when something was refused before anything was changed."""
        refused = [work.address for work in self.with_status("refused")]
        for work in self.with_status(*OPEN) if refused else ():
            work.stop("blocked", f"nothing is changed because {', '.join(refused)} was refused")

    def report(self, next_command: str | None) -> RunReport:
        """Write and return the record of the run."""
        interrupted = self.interrupts.stopping.is_set()
        report = RunReport(
            command=self.command,
            environment=self.manifest.environment,
            suffix=self.manifest.suffix,
            endpoint=os.environ.get("AWS_ENDPOINT_URL", ""),
            started=self._started,
            seconds=round(time.monotonic() - self._begun, 3),
            exit_code=exit_code(
                self.works.values(),
                interrupted=interrupted,
                refused=EXIT_FAILED if self.looking else EXIT_REFUSED,
            ),
            folder=self.folder,
            stacks=tuple(
                stack_report(
                    work, self.manifest.stage_names[work.stage - 1], begun=self._begun, run=self.works
                )
                for work in self.works.values()
            ),
            next_command=next_command,
            questions=tuple(since(span, self._begun) for span in self.questions),
            locks=self._locks() if interrupted else {},
        )
        # first what programs read, whatever becomes of the page
        report.write()
        self.journal.write("finished", exit_code=report.exit_code)
        page.write(report)
        return report

    def _say(self, text: str) -> None:
        self.progress.say(text)

    def _locks(self) -> dict[str, str]:
        try:
            held = {a: unlock.holder(work.entry, self.clients) for a, work in self.works.items()}
        except AWS_ERRORS:
            return {}  # the report is worth more than its locks
        return {address: str(holder) for address, holder in held.items() if holder}
