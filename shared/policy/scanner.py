"""Asks checkov, which lives in an environment of its own (`make policy`), about the synthesized stacks.

It reads copies without the parts that its parser trips over, in a folder of their own, without network, and
without a configuration that somebody may have at home. That it really read every stack is looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.errors import Problem, UserError
from shared.policy.finding import Finding
from shared.policy.model import Platform, Resource, Stack
from shared.policy.values import mapping

#: cdktf's `terraform` block has texts where checkov 3 wants blocks; outputs and notes are no resources.
_UNREAD = ("terraform", "output", "//")
_REMEDY = "Change the construct, or write into shared/policy/exceptions.toml why it is meant."
_TIMEOUT_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Source:
    """What checkov reads of one stack."""

    platform: Platform
    stack: Stack
    document: Mapping[str, Any]
    """The JSON: what was synthesized, or a saved plan."""
    framework: str = "terraform_json"


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What checkov said."""

    version: str
    findings: tuple[Finding, ...]
    titles: Mapping[str, str]
    """Id of a check -> what it asks for."""
    looked_at: Mapping[str, int] = field(default_factory=dict)
    """Id of a check -> how many resources it judged."""
    passed: Mapping[str, int] = field(default_factory=dict)
    """Environment -> how many judgements were in its favour."""


def executable(root: Path) -> Path | None:
    """Return the scanner of this repository, or None when it was not installed."""
    found = root / ".venv-policy" / "bin" / "checkov"
    return found if found.exists() else None


def synthesized(platforms: Sequence[Platform]) -> list[Source]:
    """Return what checkov reads of every stack that has resources."""
    return [
        Source(
            platform=platform,
            stack=stack,
            document={k: v for k, v in stack.content.items() if k not in _UNREAD},
        )
        for platform in platforms
        for stack in platform.stacks
        if stack.content.get("resource")
    ]


def scan(sources: Sequence[Source], program: Path) -> Scan:
    """Return what checkov finds. Raises UserError when it failed, or passed over a stack."""
    with tempfile.TemporaryDirectory(prefix="regionshift-policy-") as folder:
        root = Path(folder) / "stacks"
        for number, source in enumerate(sources):
            place = root / f"{number:03}" / _name(source)
            place.parent.mkdir(parents=True)
            # indented: it finds nothing of a file that is one long line
            place.write_text(json.dumps(source.document, indent=1), encoding="utf-8")
        reports = _run(
            program, root, home=Path(folder), frameworks=sorted({each.framework for each in sources})
        )
    return _understood(reports, sources)


def _name(source: Source) -> str:
    return "main.tf.json" if source.framework == "terraform_json" else "plan.json"


def _run(program: Path, root: Path, *, home: Path, frameworks: Sequence[str]) -> list[Mapping[str, Any]]:
    command = [str(program), "--directory", str(root), "--framework", *frameworks]
    command += ["--skip-download", "--compact", "--soft-fail", "--output", "json"]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    # neither a configuration of the caller's nor a question to a registry
    variables = kept | {"HOME": str(home), "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true", "LOG_LEVEL": "ERROR"}
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        document = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it did not end within {_TIMEOUT_SECONDS} s") from error
    except ValueError as error:
        raise _failed(f"what it printed is no JSON: {done.stdout[:200]!r}") from error
    if document is None:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise _failed(f"exit code {done.returncode}: {said[-1]}")
    return document if isinstance(document, list) else [document]


def _failed(what: str) -> UserError:
    remedy = "Run `make policy` again after `rm -r .venv-policy`; nothing was judged."
    return UserError(Problem(where="checkov", what=what, remedy=remedy))


def _understood(reports: Sequence[Mapping[str, Any]], sources: Sequence[Source]) -> Scan:
    passed = [each for report in reports for each in _results(report, "passed_checks")]
    failed = [each for report in reports for each in _results(report, "failed_checks")]
    errors = [str(each) for report in reports for each in _results(report, "parsing_errors")]
    seen = {_number(each) for each in [*passed, *failed]}
    unseen = [source.stack.address for number, source in enumerate(sources) if number not in seen]
    if errors or unseen:
        raise _failed(f"it did not read {', '.join(errors or unseen)}")
    judged = [*passed, *failed]
    return Scan(
        version=next((str(mapping(report.get("summary")).get("checkov_version")) for report in reports), ""),
        findings=tuple(_finding(each, sources[_number(each)]) for each in failed),
        titles={str(each["check_id"]): str(each["check_name"]) for each in judged},
        looked_at=Counter(str(each["check_id"]) for each in judged),
        passed=Counter(sources[_number(each)].platform.environment for each in passed),
    )


def _results(report: Mapping[str, Any], name: str) -> list[Any]:
    return list(mapping(report.get("results")).get(name) or [])


def _number(result: Mapping[str, Any]) -> int:
    """Return which source a result is about: its folder's number."""
    return int(str(result["file_path"]).strip("/").partition("/")[0])


def _finding(result: Mapping[str, Any], source: Source) -> Finding:
    stack, name = source.stack, str(result["resource"])
    return Finding(
        check=str(result["check_id"]),
        place=next((each.place for each in _named(stack, name)), f"{stack.address}/{name}"),
        wrong=str(result["check_name"]),
        remedy=_REMEDY,
        file=stack.file,
        environment=source.platform.environment,
        system=source.platform.system,
        protection=source.platform.protection,
    )


def _named(stack: Stack, name: str) -> Iterator[Resource]:
    """Yield what checkov calls `aws_lb.x`, `resource.x` or `aws_lb.x[0]`; names are unique in a stack."""
    bare = name.partition(".")[2].partition("[")[0]
    yield from (each for each in stack.resources if each.name == bare)
