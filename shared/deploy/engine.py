"""The deployment engine: plans, applies and destroys the stacks of one environment."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.deploy import (
    asking,
    destruction,
    journal,
    locks,
    opening,
    queue,
    recovery,
    review,
    rounds,
    saved,
)
from shared.deploy.options import Options
from shared.deploy.run import Run
from shared.deploy.saying import say
from shared.deploy.terraform import Program
from shared.deploy.trouble import AWS_ERRORS, problem
from shared.deploy.work import BAD, OPEN, Work
from shared.errors import Problem, Refused, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from shared.deploy.manifest import Manifest
    from shared.deploy.report import RunReport
    from shared.deploy.states import Account

__all__ = ["Engine", "Options"]


class Engine:
    """Runs Terraform for the stacks of a manifest. One object serves one command.

    Every method raises UserError, with nothing changed, for what a person has to mend first.
    """

    def __init__(
        self,
        manifest: Manifest,
        *,
        clients: Account,
        workdir: Path,
        console: Console,
        options: Options,
        command: str,
        again: str | None = None,
        program: Program | None = None,
        ask: Callable[[str], str] | None = None,
    ) -> None:
        self._manifest = manifest
        self._clients = clients
        self._workdir = workdir
        self._console = console
        self._options = options
        self._command = command
        # with every option as it was typed
        self._again = again or command
        self._program = program
        self._ask = ask

    def plan(self, addresses: Sequence[str]) -> RunReport:
        """Plan the stacks (and upstreams never applied) and show the review; applies nothing."""
        saved.check_folder(self._options.out)
        with self._run() as run:
            self._select(run, addresses)
            rounds.plan_all(run, list(run.works.values()))
            works = list(run.works.values())
            self._console.print(review.review(works))
            if self._options.out and not run.with_status("failed", "refused"):
                saved.keep(run, self._options.out)
                kept = f"deploy --plan {shlex.quote(str(self._options.out))}{self._manifest.place}"
                return self._close(run, again=kept)
            return self._close(run, again=self._again.replace("plan-region", "deploy-region", 1))

    def deploy(self, addresses: Sequence[str]) -> RunReport:
        """Bring the stacks to what the code says: review, confirm and apply, stage by stage."""
        self._check_answers()
        with self._run() as run:
            self._select(run, addresses)
            works = list(run.works.values())
            numbers = sorted({work.stage for work in works})
            groups = [[w for w in works if w.stage == number] for number in numbers]
            if self._options.region_concurrency == "parallel":
                groups = [works]
            # what can be planned is planned now, later stages too: the review shows what is known
            rounds.plan_all(run, works)
            run.refuse_all()
            for group in groups:
                self._deploy_stage(run, group, first=group is groups[0])
            return self._close(run, again=self._again)

    def deploy_saved(self, folder: Path) -> RunReport:
        """Apply the plans that `plan` kept in `folder`, exactly these, or refuse if anything moved."""
        self._check_answers()
        with self._run() as run:
            saved.restore(run, folder)
            works = list(run.works.values())
            self._console.print(review.review(works))
            if asking.confirm_plans(run, run.with_status("planned"), "saved", ask=self._ask):
                rounds.apply_all(run, works, onward=False)
            return self._close(run, again=self._again)

    def destroy(self, addresses: Sequence[str]) -> RunReport:
        """Destroy the stacks, consumers first, after the suffix was typed."""
        self._check_answers(staged=False)
        with self._run() as run:
            run.enqueue(queue.order(self._manifest, addresses, reverse=True))
            run.observe()
            if locks.clear(run):
                run.observe()
            opening.name_strays(run, self._say)
            opening.refuse_used(run)
            works = list(run.works.values())
            for work in works:
                if work.address not in run.states and not recovery.killed(run.history(work.address)):
                    work.status = "absent"
                    run.settle(work)
            destruction.carry_out(run, works, ask=self._ask)
            return self._close(run, again=self._again)

    @contextmanager
    def _run(self) -> Iterator[Run]:
        """Check the account and the credentials, then open a run; no plan file outlives it."""
        opening.check_credentials(self._clients, self._manifest, self._workdir, self._command, self._say)
        run = Run(
            self._manifest,
            clients=self._clients,
            workdir=self._workdir,
            console=self._console,
            options=self._options,
            command=self._command,
            program=self._program or opening.find_program(self._workdir, self._say),
        )
        journal.sweep(self._workdir)
        run.journal.begun(self._command, self._manifest.environment)
        with run.interrupts:
            try:
                yield run
            except AWS_ERRORS as error:
                self._give_up(run, problem(error), self._again)
                raise UserError(problem(error)) from error
            except UserError as error:
                # what is refused now is refused again: the refusal says what to do instead
                self._give_up(run, error.problems[0], None if isinstance(error, Refused) else self._again)
                raise
            finally:
                for work in run.works.values():
                    work.drop_plan()
                run.journal.close()

    def _say(self, text: str) -> None:
        say(self._console, text)

    def _give_up(self, run: Run, why: Problem, again: str | None) -> None:
        """Write the report of a run that cannot go on."""
        for work in run.with_status(*OPEN):
            work.stop("blocked", why.what)
        if run.works:
            run.report(f"invoke {again}" if again else None)

    def _select(self, run: Run, addresses: Sequence[str]) -> None:
        """Choose the stacks by what stands, show the queue, and clear locks of dead processes."""
        run.observe()
        chosen = queue.selection(self._manifest, addresses, run.standing, upstream=self._options.upstream)
        if self._options.to_stage:
            chosen = queue.until(self._manifest, chosen, self._options.to_stage)
        run.enqueue(chosen)
        if locks.clear(run):
            run.observe()
        opening.name_strays(run, self._say)
        pulled = queue.pulled_forward(self._manifest, chosen)
        works = list(run.works.values())
        half = run.states.keys() - run.standing
        table = review.queue_table(works, self._manifest.stage_names, addresses, pulled, half)
        self._console.print(table)

    def _deploy_stage(self, run: Run, group: Sequence[Work], *, first: bool) -> None:
        """Review, confirm and apply the stacks of a stage until none of them is open."""
        name = self._manifest.stage_names[group[0].stage - 1]
        before = [w.address for w in run.works.values() if w.stage < group[0].stage and w.status in BAD]
        if before:
            for work in (work for work in group if work.status in OPEN):
                work.stop("blocked", f"an earlier stage did not come to its end: {', '.join(before)}")
                run.settle(work)
            return
        shown = list(run.works.values()) if first else group
        while not run.interrupts.stopping.is_set():
            if not any(work.status == "planned" for work in group):
                rounds.plan_all(run, [work for work in group if work.status in OPEN])
            ready = [work for work in group if work.status == "planned"]
            if not ready:
                return
            self._console.print(review.review(shown))
            if not asking.confirm_plans(run, ready, f"shown, in stage {name}", ask=self._ask):
                return
            rounds.apply_all(run, group, onward=self._options.yes)
            shown = [work for work in group if work.status in OPEN]

    def _check_answers(self, *, staged: bool = True) -> None:
        asking.check(self._options, can_ask=self._ask is not None, staged=staged)

    def _close(self, run: Run, *, again: str) -> RunReport:
        """Write the report and print how the run ended, the next command last if there is one."""
        for work in run.with_status(*OPEN) if run.interrupts.stopping.is_set() else ():
            work.stop("interrupted", "not started")
        unfinished = any(work.status in OPEN | BAD for work in run.works.values())
        # what is refused now is refused again: the refusal says what to do instead
        hopeless = any(not work.passing for work in run.with_status("refused"))
        report = run.report(f"invoke {again}" if unfinished and not hopeless else None)
        review.closing(self._console, report, list(run.works.values()))
        return report
