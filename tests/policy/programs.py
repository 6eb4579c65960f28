"""Programs in the place of checkov and Terraform, which answer what a test wants to hear."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shared.deploy.terraform import Program


def result(file: str, resource: str, *, check: str = "CKV_AWS_150") -> dict[str, Any]:
    return {"check_id": check, "check_name": f"Ensure {check}", "file_path": file, "resource": resource}


def answer_of(passed: list[Any], failed: list[Any], errors: list[str] | None = None) -> dict[str, Any]:
    results = {"passed_checks": passed, "failed_checks": failed, "parsing_errors": errors or []}
    return {"check_type": "terraform_json", "results": results, "summary": {"checkov_version": "3.3.30"}}


class Checkov:
    """A program in checkov's place: it keeps what it was given, and prints an answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "checkov"

    def answering(self, answer: object, *, code: int = 0, errors: str = "", seconds: float = 0) -> Path:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.path.write_text(
            f"#!{sys.executable}\n"
            "import json, os, pathlib, sys, time\n"
            f"time.sleep({seconds})\n"
            'root = pathlib.Path(sys.argv[sys.argv.index("--directory") + 1])\n'
            "given = {str(p.relative_to(root)): json.loads(p.read_text()) for p in root.rglob('*.json')}\n"
            "seen = {'arguments': sys.argv[1:], 'variables': dict(os.environ), 'given': given}\n"
            f"pathlib.Path({str(self.folder / 'seen.json')!r}).write_text(json.dumps(seen))\n"
            f"sys.stderr.write({errors!r})\n"
            f"sys.stdout.write({text!r})\n"
            f"sys.exit({code})\n"
        )
        self.path.chmod(0o700)
        return self.path

    @property
    def seen(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "seen.json").read_text()))

    def failing(self, kind: str) -> Path:
        """Let it pass the first resource of each stack, and fail every one of a kind."""
        self.path.write_text(
            f"#!{sys.executable}\n"
            "import json, pathlib, sys\n"
            'root = pathlib.Path(sys.argv[sys.argv.index("--directory") + 1])\n'
            "passed, failed = [], []\n"
            "for path in sorted(root.rglob('*.json')):\n"
            "    file = '/' + str(path.relative_to(root))\n"
            "    found = json.loads(path.read_text()).get('resource', {})\n"
            "    names = [(kind, name) for kind in found for name in found[kind]]\n"
            "    say = lambda check, kind, name: {'check_id': check, 'check_name': 'Ensure ' + check,\n"
            "        'file_path': file, 'resource': kind + '.' + name}\n"
            "    passed += [say('CKV_AWS_1', *each) for each in (names or [('plan', 'plan')])[:1]]\n"
            f"    failed += [say('CKV_AWS_26', *each) for each in names if each[0] == {kind!r}]\n"
            "results = {'passed_checks': passed, 'failed_checks': failed}\n"
            "print(json.dumps({'results': results, 'summary': {'checkov_version': '3.3.30'}}))\n"
        )
        self.path.chmod(0o700)
        return self.path


def terraform(folder: Path) -> Program:
    """Return a Terraform that knows one command: it shows which plan it was asked for, and where."""
    path = folder / "terraform"
    path.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "if open(sys.argv[3]).read() == 'broken':\n"
        "    sys.exit('Error: the plan is of another version\\nmore')\n"
        "if open(sys.argv[3]).read() == 'silent':\n"
        "    sys.exit(1)\n"
        "print(json.dumps({'command': sys.argv[1:3], 'here': os.getcwd()}))\n"
    )
    path.chmod(0o700)
    return Program(path=path, name="Terraform", version="1")
