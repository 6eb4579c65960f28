"""Everything that a failover needs, looked at by clients that cannot ask the region that may be lost."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from shared.clients_without import ClientsWithout
from shared.deploy import doctor_account
from shared.deploy.check import Check, failed
from shared.errors import UserError
from shared.operations.common import outputs as published
from shared.operations.recovery import handles, moves
from shared.operations.recovery.loss import loss
from shared.operations.recovery.proof.standing import Standing
from shared.operations.recovery.proof.way import NAME, Way
from shared.operations.recovery.topology import observe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.deploy.manifest import Manifest
    from shared.operations.common.outputs import Outputs
    from shared.operations.recovery.facts import Topology
    from shared.settings import DisasterRecovery


def examine(environment: DisasterRecovery, manifest: Manifest) -> list[Check]:
    """Return what was seen, everything that is wrong at once; nothing is asked of the home region.

    What cannot be seen is wrong, too: it would not be seen when it is needed.
    """
    lost, away = environment.home.region, environment.away.region
    clients = ClientsWithout(environment.account_id, region=lost, instead=away)
    found = _guarded(NAME, lambda: way(lost, away, os.environ).checks())
    credentials, known = _credentials(clients)
    found += credentials
    if not known:
        seen = "not looked at, because the credentials are not right"
        return [*found, Check(name="account", verdict="warn", seen=seen, remedy="mend the credentials first")]
    found += _guarded("state bucket", lambda: doctor_account.state_bucket(environment, clients))
    found += _guarded("stacks", lambda: _standing(environment, manifest, clients))
    asked = ", ".join(f"{count} of {region}" for region, count in sorted(clients.asked.items()))
    seen = f"none of {lost}, no control plane that may be lost with it; {asked}"
    return [*found, Check(name="requests", verdict="ok", seen=seen)]


def way(lost: str, instead: str, variables: Mapping[str, str]) -> Way:
    """Return the way of this machine's credentials. Raises botocore's errors for files that are wrong."""
    session = get_session()
    return Way(
        lost=lost,
        instead=instead,
        variables=variables,
        profile=session.get_config_variable("profile") or "default",
        config=session.full_config,
    )


def _credentials(clients: ClientsWithout) -> tuple[list[Check], bool]:
    try:
        identity = clients.check_account()
    except UserError as error:
        return failed("credentials", error), False
    now = datetime.now(UTC)
    ends = doctor_account.expiry(clients.credentials_expiry(), now)
    if ends.verdict == "fail":
        ends = _renewed(ends, renew=clients.credentials_renew())
    who = f"{identity.arn}, from {identity.credentials_from}"
    return [
        Check(name="credentials", verdict="ok", seen=who),
        ends,
        doctor_account.clock(identity.aws_time, now),
    ], True


def _renewed(ends: Check, *, renew: bool) -> Check:
    if renew:
        return Check(name=ends.name, verdict="ok", seen=f"{ends.seen}; they are fetched anew before")
    remedy = "renew them while that is possible: a failover may need them for an hour"
    return Check(name=ends.name, verdict="fail", seen=ends.seen, remedy=remedy)


def _standing(environment: DisasterRecovery, manifest: Manifest, clients: ClientsWithout) -> list[Check]:
    """Look at the states, and at what they name as far as they do."""
    needed, further = handles.needed(environment), handles.further(environment)
    foundation = f"{environment.away.region}/foundation"
    further = {foundation: {"kms_key_arn", "alarm_topic_arn"}, **further}
    outputs = published.read(manifest, clients, {**needed, **further})
    found = [
        Check(name=f"stack {problem.where}", verdict="fail", seen=problem.what, remedy=problem.remedy)
        for problem in published.missing(outputs, {**needed, **further}, manifest.place)
    ]
    if published.missing(outputs, needed, manifest.place):
        seen = "not looked at, because its ids are not known"
        return [*found, Check(name="standby", verdict="warn", seen=seen, remedy="apply the stacks first")]
    if not found:
        seen = f"{len(outputs)} read from {environment.state.bucket} in {environment.state.region}"
        found.append(Check(name="stacks", verdict="ok", seen=seen))
    known = handles.read(environment, manifest, clients, bare=True)
    return found + _looks(environment, clients, outputs, known)


def _looks(
    environment: DisasterRecovery, clients: ClientsWithout, outputs: Outputs, known: handles.Handles
) -> list[Check]:
    standing = Standing(environment=environment, clients=clients, handles=known, outputs=outputs)
    looks: dict[str, Callable[[], list[Check]]] = {
        "state machine": standing.machine,
        "functions": standing.functions,
        "intents": standing.table,
        "secret": standing.secret,
        "image": standing.image,
        "topic": standing.topic,
        "pin": standing.pin,
        "cluster": standing.cluster,
        "keys": standing.encryption,
        "failover": lambda: _rehearsed(
            observe(known, clients, left_out=environment.home.region), known.place
        ),
    }
    return [check for name, look in looks.items() for check in _guarded(name, look)]


def _rehearsed(topology: Topology, place: str) -> list[Check]:
    """Look as a failover does, and say whether it could begin now."""
    dumb = [f"{what}: {why}" for what, why in topology.unreachable.items()] + list(topology.unread)
    found = [
        Check(name="failover", verdict="fail", seen=what, remedy="a failover has to see it") for what in dumb
    ]
    move, lost = moves.move("failover", topology, place), loss(topology)
    if topology.writer == topology.away:
        seen = f"the database writes in {topology.away} already"
        found.append(Check(name="failover", verdict="ok", seen=seen))
    elif move.possible:
        more = f"{lost}: it would take {move.command}" if lost else "nothing would be lost"
        found.append(Check(name="failover", verdict="ok", seen=f"it could begin now; {more}"))
    else:
        remedy = "it could not begin now"
        found += [Check(name="failover", verdict="fail", seen=what, remedy=remedy) for what in move.reasons]
    if not topology.lags and topology.writer != topology.away:
        seen = f"no sample of the lag of {topology.away}: nobody would know what a failover loses"
        remedy = "the metric AuroraGlobalDBRPOLag has to be there while the standby follows"
        found.append(Check(name="replication lag", verdict="warn", seen=seen, remedy=remedy))
    return found


def _guarded(name: str, look: Callable[[], list[Check]]) -> list[Check]:
    """Return what a look found, or that it could not look."""
    try:
        return look()
    except UserError as error:
        return failed(name, error)
    except (BotoCoreError, ClientError) as error:
        seen = f"it could not be looked at: {error}"
        return [Check(name=name, verdict="fail", seen=seen, remedy="the credentials need to read it")]
