"""The engine binary (`terraform` or `tofu`) run for one stack."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.deploy.sharing import LOCK_FILE
from shared.deploy.transient import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.log import Event, StackLog
    from shared.deploy.process import Processes

#: Set by a person for their own use of Terraform, these would bend the plans that are reviewed here.
_NOT_OURS = ("TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR", "TF_CLI_CONFIG_FILE")
#: The AWS provider allocates half a gigabyte for its schemas in every run: with Go's default of 100, a
#: fifth of the processor time of a plan goes into collecting garbage meanwhile. A caller's own value stays.
_GO_GARBAGE = "400"
_INIT_MARK = Path(".terraform") / "regionshift-init"
ERRORED = "errored.tfstate"
_CHANGES = 2


@dataclass(frozen=True, kw_only=True)
class Program:
    """Which binary runs, and with which provider plugins."""

    path: Path
    name: str
    version: str
    cli_config: Path | None = None
    """CLI configuration that names a filesystem mirror; None: plugins come from the registry."""
    plugin_cache: Path | None = None
    """Folder that stacks share for plugins from the registry."""

    @property
    def shared_cache(self) -> Path | None:
        """The plugin cache, if plugins come from the registry."""
        return None if self.cli_config else self.plugin_cache

    def environment(self) -> dict[str, str]:
        """Return the process environment: the caller's, with what makes runs repeatable."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
        kept.update(TF_IN_AUTOMATION="1", TF_INPUT="0", CHECKPOINT_DISABLE="1")
        kept.setdefault("GOGC", _GO_GARBAGE)
        if self.cli_config:
            kept["TF_CLI_CONFIG_FILE"] = str(self.cli_config)
        if self.shared_cache:
            self.shared_cache.mkdir(parents=True, exist_ok=True)
            kept["TF_PLUGIN_CACHE_DIR"] = str(self.shared_cache)
        return kept


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """Runs the engine in the folder of one stack; its output goes to the stack's log."""

    program: Program
    processes: Processes
    directory: Path
    log: StackLog
    lock_timeout: int
    """Seconds to wait for the state's lock."""
    on_start: Callable[[str, int], None] = field(default=lambda _phase, _pid: None)
    on_end: Callable[[int, int], None] = field(default=lambda _pid, _code: None)

    @property
    def errored(self) -> Path:
        """The file that Terraform leaves when it cannot save the state."""
        return self.directory / ERRORED

    @property
    def prepared(self) -> bool:
        """Whether `init` was done before and nothing that it looks at changed since."""
        mark = self.directory / _INIT_MARK
        return mark.is_file() and mark.read_text() == self._init_digest()

    def init(self) -> None:
        """Prepare the folder."""
        # -reconfigure: the state never moves by itself; a changed key is a changed stack
        code, _ = self._run("init", ["init", "-input=false", "-no-color", "-reconfigure"])
        self._expect("init", code, {0})
        (self.directory / _INIT_MARK).write_text(self._init_digest())

    def plan(
        self, out: Path, *, destroy: bool = False, lock: bool = True, on_event: Callable[[Event], None]
    ) -> list[Event]:
        """Save a plan and return its machine-readable log; empty when there is nothing to do."""
        arguments = ["plan", "-input=false", "-json", "-detailed-exitcode", f"-out={out}"]
        arguments += self._lock() if lock else ["-lock=false"]
        code, events = self._run("plan", [*arguments, *(["-destroy"] if destroy else [])], on_event)
        self._expect("plan", code, {0, _CHANGES})
        if code == 0:
            out.unlink(missing_ok=True)
            return []
        out.chmod(0o600)
        return events

    def refresh(self, out: Path) -> bool:
        """Save a plan that only compares the state with what stands; return whether anything differs.

        It takes no lock and writes nothing but its file.
        """
        arguments = ["plan", "-refresh-only", "-input=false", "-json", "-detailed-exitcode", "-lock=false"]
        code, _ = self._run("refresh", [*arguments, f"-out={out}"])
        self._expect("refresh", code, {0, _CHANGES})
        out.chmod(0o600)
        return code == _CHANGES

    def show(self, plan: Path) -> dict[str, Any]:
        """Return the JSON of a saved plan. It may hold secrets: keep it in memory."""
        answer = self._capture("show", "-json", str(plan))
        document: dict[str, Any] = json.loads(answer)
        return document

    def apply(self, plan: Path, *, phase: str = "apply", on_event: Callable[[Event], None]) -> list[Event]:
        """Apply exactly the saved plan and return the log of it."""
        code, events = self._run(
            phase, ["apply", "-input=false", "-json", *self._lock(), str(plan)], on_event
        )
        self._expect(phase, code, {0})
        return events

    def document(self) -> Mapping[str, Any]:
        """Return the stack's synthesized JSON."""
        document: Mapping[str, Any] = json.loads((self.directory / "cdk.tf.json").read_text())
        return document

    def adopt(self, address: str, id_: str) -> None:
        """Write an existing resource into the state."""
        code, _ = self._run("import", ["import", "-input=false", "-no-color", *self._lock(), address, id_])
        self._expect("import", code, {0})

    def push_errored_state(self) -> bool:
        """Write the state that an apply could not save, and delete its file; False without one.

        Raises EngineError, with the file left, when it cannot be written.
        """
        left = self.errored
        if not left.is_file():
            return False
        left.chmod(0o600)
        try:
            # known to the journal: when it cannot give its lock back, a later run can prove whose it is
            code, _ = self._run("push", ["state", "push", "-no-color", *self._lock(), left.name])
            self._expect("push", code, {0})
        except EngineError as failure:
            if self._arrived(left):
                left.unlink()
                return True
            raise EngineError(
                failure.phase,
                f"{left} holds what an apply made and could not write into the state, and it cannot be "
                f"written now either: {failure.text.strip()}\nNothing is planned before it is: that would "
                "make everything in it twice. When the error has passed, run the command again. When the "
                "state was written since: compare the file with `terraform state pull` in its folder, "
                "`terraform import` what the state lacks, then delete the file.",
            ) from failure
        left.unlink()
        return True

    def _arrived(self, left: Path) -> bool:
        """Tell whether what the file holds is in the state: a run that was killed had just written it."""
        try:
            standing, ours = json.loads(self._capture("state", "pull")), json.loads(left.read_text())
        except (EngineError, ValueError):
            return False
        return all(standing.get(part) == ours.get(part) for part in ("lineage", "outputs", "resources"))

    def _lock(self) -> list[str]:
        return [f"-lock-timeout={self.lock_timeout}s"]

    def _run(
        self, phase: str, arguments: list[str], on_event: Callable[[Event], None] = lambda _event: None
    ) -> tuple[int, list[Event]]:
        events: list[Event] = []
        started: list[int] = []

        def receive(line: str) -> None:
            event = self.log.receive(line)
            events.append(event)
            on_event(event)

        def start(pid: int) -> None:
            started.append(pid)
            self.on_start(phase, pid)

        self.log.say(f"{self.program.name} {' '.join(arguments)}")
        code = self.processes.run(
            [str(self.program.path), *arguments],
            directory=self.directory,
            environment=self.program.environment(),
            output=self.log.raw(phase),
            on_line=receive,
            on_start=start,
        )
        if self.errored.is_file():
            self.errored.chmod(0o600)  # Terraform leaves it readable for everybody
        self.on_end(started[0], code)
        self.log.say(f"exit code {code}")
        return code, events

    def _capture(self, *arguments: str) -> str:
        done = self.processes.capture(
            [str(self.program.path), *arguments],
            directory=self.directory,
            environment=self.program.environment(),
        )
        if done.returncode:
            self.log.say(done.stderr)
            raise EngineError(arguments[0], done.stderr)
        return done.stdout

    def _expect(self, phase: str, code: int, allowed: set[int]) -> None:
        if code < 0:
            raise EngineError(phase, f"{self.program.name} was killed by signal {-code} during {phase}")
        if code not in allowed:
            raise EngineError(phase, self.log.errors() or f"{self.program.name} {phase} ended with {code}")

    def _init_digest(self) -> str:
        """Return a digest of all that `init` looks at: backend, providers, lock file, program."""
        document = self.document()
        lock = self.directory / LOCK_FILE
        config = self.program.cli_config
        parts = {
            "terraform": document.get("terraform"),
            "modules": sorted(document.get("module", {})),
            "lock": lock.read_text() if lock.is_file() else None,
            "program": [self.program.name, self.program.version],
            "config": config.read_text() if config and config.is_file() else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
