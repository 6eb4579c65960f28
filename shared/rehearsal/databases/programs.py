"""PostgreSQL's programs on this machine, and as whom they are run: they refuse root."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.errors import UserError

#: Where Debian and Ubuntu put them, a folder a major version.
DEBIAN = Path("/usr/lib/postgresql")
#: The oldest that checks addresses in certificates, as Aurora PostgreSQL 15 does.
OLDEST = 15
_USERS = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Programs:
    """A folder with `initdb` and `postgres`, and the user who runs them."""

    folder: Path
    user: pwd.struct_passwd | None
    """None: whoever we are, which is not root."""

    def command(self, program: str, *arguments: str, mortal: bool = False) -> list[str]:
        """Return the command line. With `mortal` it is ended (fast) when the thread that starts it is."""
        command = [str(self.folder / program), *arguments]
        setpriv = shutil.which("setpriv")
        options: list[str] = []
        if self.user:
            options += [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]
        if mortal and setpriv:
            options += ["--pdeathsig", "INT"]
        return ["setpriv", *options, *command] if options else command

    def run(self, program: str, *arguments: str) -> None:
        """Run a program to its end. UserError with what it said when it fails."""
        done = subprocess.run(
            self.command(program, *arguments), check=False, capture_output=True, text=True, cwd="/"
        )
        if done.returncode:
            said = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise UserError(f"PostgreSQL's {program} failed: {said}")

    def give(self, path: Path) -> None:
        """Make a file or folder the user's own."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)


def find(folders: Sequence[Path] | None = None) -> Programs:
    """Return the newest programs. UserError when there are none that are new enough."""
    found = [
        (version, folder)
        for folder in (_places() if folders is None else folders)
        if (folder / "initdb").exists() and (version := _version(folder / "postgres")) >= OLDEST
    ]
    if not found:
        raise UserError(
            f"there is no PostgreSQL server of version {OLDEST} or newer on this machine",
            remedy="install one (Debian, Ubuntu: apt-get install postgresql); a rehearsal starts its own",
        )
    return Programs(folder=max(found)[1], user=_unprivileged())


def _places() -> list[Path]:
    on_path = shutil.which("postgres")
    return [*([Path(on_path).parent] if on_path else []), *sorted(DEBIAN.glob("*/bin"))]


def _version(program: Path) -> int:
    """Return the major version; 0 for what is no PostgreSQL."""
    if not program.exists():
        return 0
    said = subprocess.run([str(program), "--version"], check=False, capture_output=True, text=True).stdout
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid():
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in _USERS if name in known), None)
