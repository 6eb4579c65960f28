"""Each package by itself, as Lambda finds it: the folder beside others in `sys.path`, nothing of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "modules" / "lambdas"
IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
from {package}.handler import handle
from {package}.errors import {error}
assert callable(handle)
assert {error}.__name__ == "{error}"
ours = [name for name in sys.modules if name.split(".")[0] in {{"modules", "shared", "regions", "cdktf"}}]
assert ours == [], ours
"""


@pytest.mark.parametrize(
    ("package", "error"),
    [
        ("start", "InputRefused"),
        ("gate", "GateError"),
        ("writer", "WriterError"),
        ("probe", "ProbeError"),
        ("drain", "DrainError"),
        ("failover", "FailoverError"),
    ],
)
def test_a_package_needs_nothing_of_this_repository(package, error, tmp_path):
    (tmp_path / package).symlink_to(FOLDER / package)
    code = IMPORT.format(package=package, error=error)
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
