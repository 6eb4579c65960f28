"""The page about deployments names modules and tests that exist."""

from __future__ import annotations

import re

from tests.tools import ROOT

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and ".py" in line]


def test_every_behaviour_has_a_place_and_a_test() -> None:
    assert len(ROWS) > 20
    assert all(len(row) == 3 and "`" in row[1] and "test_" in row[2] for row in ROWS)


def test_every_module_that_is_named_exists() -> None:
    named = [name for row in ROWS for name in re.findall(r"`(\w+\.py)`", row[1])]
    missing = [name for name in named if not (ROOT / "shared" / "deploy" / name).is_file()]
    assert missing == []


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for path, test in (m for row in ROWS for m in re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row[2])):
        file = ROOT / path if path.startswith("tests/") else ROOT / "tests" / "deploy" / path
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not re.search(rf"^def {test or 'test_'}", text, re.MULTILINE):
            missing.append(f"{path}::{test}")
    assert missing == []
