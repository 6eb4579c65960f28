"""Looks at everything that a deployment needs, without changing anything: `invoke doctor`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from shared.deploy import doctor_account, doctor_machine, doctor_recovery
from shared.deploy.check import Check
from shared.workspace import here

if TYPE_CHECKING:
    from pathlib import Path

    from shared.clients import Clients
    from shared.settings import Platform

__all__ = ["Check", "examine", "healthy"]

_PARALLEL = 8


def examine(env: Platform, clients: Clients, *, workdir: Path | None = None) -> list[Check]:
    """Return what was seen, in the order in which it matters: this machine, the promises, the account.

    `workdir` is where a trial `init` of the provider runs (default: below `.regionshift/`).
    What is in the account is looked at only with credentials of that account.
    """
    place = workdir if workdir is not None else here().working / "doctor"
    with ThreadPoolExecutor(_PARALLEL) as pool:
        machine = [pool.submit(doctor_machine.python), pool.submit(doctor_machine.tools, place)]
        credentials, identity = doctor_account.credentials(env, clients)
        looks = doctor_account.LOOKS if identity is not None else ()
        account = [pool.submit(look, env, clients) for look in looks]
        found = [check for future in machine for check in future.result()]
        found += doctor_recovery.recovery(env)
        found += credentials
        found += [check for future in account for check in future.result()]
    if identity is None:
        seen = "not looked at, because the credentials are not right"
        found.append(Check(name="account", verdict="warn", seen=seen, remedy="mend the credentials first"))
    return found


def healthy(checks: list[Check]) -> bool:
    """Say whether a deployment can begin: nothing failed (warnings are allowed)."""
    return all(check.verdict != "fail" for check in checks)
