"""Everything that has to be right before the migration begins, with all that is wrong at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.deploy import doctor_account
from shared.errors import Problem, UserError
from shared.operations.migration import delegation, stacks
from shared.operations.migration.facts import Topology

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.operations.migration.handles import Handles
    from shared.operations.migration.operator import Operator

#: The machine is in the middle of something that it has to end: nothing but another execution may
#: keep it from that, least of all what it left behind itself.
UNDER_WAY = ("switching", "rolling-back")


def check(operator: Operator, handles: Handles, topology: Topology) -> list[Problem]:
    """Return what is wrong, the cheap checks first, the plan of every stack last; say what was right.

    Whether an execution runs is not looked at here: it is a reason against the move itself.
    """
    if topology.stage in UNDER_WAY:
        return []
    looks: dict[str, Callable[[], list[Problem]]] = {
        "both clusters have the engine patch of the settings": partial(
            engine, topology, operator.environment.database.engine_version
        ),
        "certificates are issued": partial(certificates, operator, handles),
        "image and secrets are there": partial(_of_doctor, operator),
        "the zone is delegated": partial(delegation.problems, handles, operator.clients, operator.resolve),
        "alarms are OK": partial(alarms, topology),
        "no pause of writes was left behind": partial(pauses, topology, handles),
        "the weights are what the checkpoint says": partial(share, topology),
        "the plan of every stack is empty": partial(stacks.problems, operator),
    }
    found = {name: _guarded(look) for name, look in looks.items()}
    for name, problems in found.items():
        sign = "[red]wrong[/]" if problems else "[green]right[/]"
        operator.console.print(f"{sign}  {name}", highlight=False)
    return [problem for problems in found.values() for problem in problems]


def engine(topology: Topology, wanted: str) -> list[Problem]:
    """Return whose engine is not the version, patch included, that the settings say.

    A switchover needs the same patch in both regions ("Using switchover or failover in Amazon Aurora
    Global Database").
    """
    members = topology.database.members if topology.database else ()
    return [
        Problem(
            where=f"database in {member.region}",
            what=f"its engine is {member.engine_version or 'not known'}, and {wanted} is set",
            remedy="a switchover needs the same patch in both regions: upgrade it, or correct "
            "database.engine_version",
        )
        for member in members
        if member.engine_version != wanted
    ]


def certificates(operator: Operator, handles: Handles) -> list[Problem]:
    """Return the certificates that are not issued. Raises botocore's errors."""
    found = []
    for side in handles.sides:
        acm = operator.clients.client("acm", side.region)
        certificate = acm.describe_certificate(CertificateArn=side.certificate_arn)["Certificate"]
        if certificate["Status"] != "ISSUED":
            what = f"{certificate['DomainName']} is {certificate['Status']}: clients would be refused"
            remedy = "its validation record has to be found in DNS: is the zone delegated?"
            found.append(Problem(where=f"certificate in {side.region}", what=what, remedy=remedy))
    return found


def alarms(topology: Topology) -> list[Problem]:
    """Return the alarms that the gate goes by and that are not OK."""
    return [
        Problem(
            where=f"alarm in {alarm.region}",
            what=f"{alarm.name} is {alarm.state}",
            remedy="the gate would take everything back: mend what it tells of, or wait for its data",
        )
        for alarm in topology.counting
        if alarm.state != "OK"
    ]


def pauses(topology: Topology, handles: Handles) -> list[Problem]:
    """Return where writes are still paused."""
    listeners = {side.region: side.https_listener_arn for side in handles.sides}
    return [
        Problem(
            where=f"load balancer in {region}",
            what="writes are answered 503: a pause was left behind",
            remedy=f"the runbook ends it (Resume writes); the listener is {listeners[region]}",
        )
        for region in topology.paused
    ]


def share(topology: Topology) -> list[Problem]:
    """Return whether somebody has changed the weights since the checkpoint was written."""
    checkpoint, weights = topology.checkpoint, topology.weights
    if checkpoint is None or weights is None or not checkpoint.expected or weights in checkpoint.expected:
        return []
    expected = " or ".join(map(str, checkpoint.expected))
    what = f"the weights are {weights}, and the checkpoint ({checkpoint.stage}) says {expected}"
    return [Problem(where="traffic", what=what, remedy="set them back, or find out who changed them")]


def _of_doctor(operator: Operator) -> list[Problem]:
    """Return what `invoke doctor` finds wrong with the image and the secrets. Raises botocore's errors."""
    looks = (doctor_account.images, doctor_account.secrets)
    return [
        Problem(where=check.name, what=check.seen, remedy=check.remedy)
        for look in looks
        for check in look(operator.environment, operator.clients)
        if check.verdict == "fail"
    ]


def _guarded(look: Callable[[], list[Problem]]) -> list[Problem]:
    """Return what a look found, or that AWS did not let it look."""
    try:
        return look()
    except UserError as error:
        return list(error.problems)
    except (BotoCoreError, ClientError) as error:
        return [Problem(what=f"AWS does not say what has to be known: {error}")]
