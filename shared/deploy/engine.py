"""The deployment engine: plans, applies and destroys the stacks of one environment."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.deploy import (
    asking,
    destruction,
    journal,
    keeping,
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

#: What a command that plans begins with; the one that deploys the same takes its place.
_PLANNING = re.compile(r"\Aplan(-region)?\b")


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
        keeping.check_folder(self._options.out)
        with self._run() as run:
            self._select(run, addresses)
            rounds.plan_all(run, list(run.works.values()))
            works = list(run.works.values())
            self._console.print(review.review(works))
            again = self._again
            if keeping.complete(run):
                again = _PLANNING.sub(lambda found: "deploy-region" if found[1] else "rollout", again)
                # what applies always locks, and has no such option
                again = again.replace(" --no-lock", "")
                if self._options.out:
                    keeping.keep(run, self._options.out)
                    again = f"deploy --plan {shlex.quote(str(self._options.out))}{self._manifest.place}"
            return self._close(run, again=again)

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
        """Apply the plans that `plan` kept in `folder`, exactly these, or refuse if anything moved.

        What was deferred is planned when its upstreams are done, and applied if it only creates what
        the set says; everything else is asked about.
        """
        self._check_answers(staged=False)
        with self._run() as run:
            found = saved.restore(run, folder)
            saved.carry_out(run, found, ask=self._ask)
            return self._close(run, again=self._again if saved.goes_on(run, folder) else found.again)

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

    def drift(self, addresses: Sequence[str]) -> RunReport:
        """Compare what stands with the states of the stacks; writes nothing, and takes no lock."""
        with self._run() as run:
            run.looking = True
            run.observe()
            run.enqueue(queue.order(self._manifest, addresses))
            for work in run.works.values():
                if work.address not in run.states:
                    work.status, work.reasons = "absent", ("never applied",)
                    run.settle(work)
            opening.name_strays(run, self._say)
            rounds.look_all(run, run.with_status("pending"))
            works = list(run.works.values())
            self._console.print(review.drift(works))
            # what drifted is no failure of this command: the next one shows what an apply would put back
            unseen = run.with_status(*BAD, *OPEN)
            return self._close(run, again=self._again if unseen else f"plan{self._manifest.place}")

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
        if self._options.lock and locks.clear(run):
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
        unfinished = any(work.status in OPEN | BAD | {"drifted"} for work in run.works.values())
        # what is refused now is refused again: the refusal says what to do instead
        hopeless = any(not work.passing for work in run.with_status("refused"))
        report = run.report(f"invoke {again}" if unfinished and not hopeless else None)
        review.closing(self._console, report, list(run.works.values()), looking=run.looking)
        return report
