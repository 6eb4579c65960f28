"""The steps of a cutover as an operator would do them by hand, for tests of what they act on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from shared.rehearsal.cutover.customers import Customers, Way
from shared.rehearsal.databases.pair import APPLICATION, AURORA, ON_PREMISES, PEOPLE, REPLICATION
from shared.rehearsal.databases.server import Server
from shared.rehearsal.fault_client import Controls
from shared.rehearsal.names import NameServer
from tests.cutover_miniature import FUNCTION, CutoverMiniature
from tests.rehearsal.waiting import until


@contextmanager
def names(miniature: CutoverMiniature, endpoint: str) -> Iterator[NameServer]:
    hosts = {miniature.environment.on_premises.host: ON_PREMISES, miniature.endpoint: AURORA}
    with NameServer(hosts, Controls(endpoint).dns) as server:
        yield server


def way_to(miniature: CutoverMiniature, server: NameServer) -> Way:
    """How the application reaches its database."""
    return Way(
        name=miniature.environment.record_name,
        port=miniature.both.port,
        database=miniature.both.database,
        username=APPLICATION,
        password=miniature.both.passwords[APPLICATION],
        authority=str(miniature.both.on_premises.authority_file),
        resolver_port=server.port,
    )


@contextmanager
def paying(miniature: CutoverMiniature, endpoint: str, *, pause: float = 0.01) -> Iterator[Customers]:
    with names(miniature, endpoint) as server, Customers(way_to(miniature, server), pause=pause) as customers:
        until(lambda: len(customers.receipts) > 20)
        yield customers


def freeze(miniature: CutoverMiniature, server: Server) -> None:
    """Let nobody but DMS and people write, and end everybody else's session."""
    name = sql.Identifier(miniature.both.database)
    with server.connect(user=PEOPLE, password=miniature.both.passwords[PEOPLE]) as connection:
        for role in (REPLICATION, PEOPLE):
            connection.execute(
                sql.SQL("ALTER ROLE {} IN DATABASE {} SET default_transaction_read_only = off").format(
                    sql.Identifier(role), name
                )
            )
        connection.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
        connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = %s AND backend_type = 'client backend'",
            [APPLICATION],
        )


def thaw(miniature: CutoverMiniature, server: Server) -> None:
    name = sql.Identifier(miniature.both.database)
    with server.connect() as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO PUBLIC").format(name))


def drain(miniature: CutoverMiniature, source: Server, target: Server) -> None:
    """Write a row into the source, and wait until it is in the target."""
    password = miniature.both.passwords[PEOPLE]
    with source.connect(miniature.both.database, user=PEOPLE, password=password) as ours:
        row = [1000 + secrets.randbelow(10**6)]
        ours.execute("INSERT INTO accounts (id) VALUES (%s)", row)
        with target.connect(miniature.both.database) as theirs:
            query = "SELECT count(*) FROM accounts WHERE id = %s"
            until(lambda: theirs.execute(query, row).fetchone() == (1,))


def sequences(miniature: CutoverMiniature, source: Server, target: Server) -> None:
    database = miniature.both.database
    with source.connect(database) as ours, target.connect(database) as theirs:
        query = "SELECT schemaname, sequencename, last_value FROM pg_sequences"
        for schema, name, last in ours.execute(query).fetchall():
            if last is not None:
                identifier = sql.Identifier(schema, name).as_string(theirs)
                theirs.execute("SELECT setval(%s, %s)", [identifier, last + 100])


def invoke(miniature: CutoverMiniature, action: str, stage: str) -> dict[str, Any]:
    """Note the stage and have the function move the name."""
    miniature.put_state(stage=stage, at=datetime.now(UTC).isoformat(timespec="seconds"), by="test")
    answer = miniature.aws("lambda").invoke(
        FunctionName=FUNCTION, Payload=json.dumps({"action": action, "by": "test"})
    )
    return dict(json.loads(answer["Payload"].read()))


def cut_over(miniature: CutoverMiniature, *, drained: bool = True) -> dict[str, Any]:
    source, target = miniature.both.servers
    freeze(miniature, source)
    if drained:
        drain(miniature, source, target)
        miniature.until_valid()
    miniature.stop("forward")
    sequences(miniature, source, target)
    miniature.start("reverse")
    return invoke(miniature, "cutover", "drained")


def roll_back(miniature: CutoverMiniature) -> dict[str, Any]:
    source, target = miniature.both.servers
    freeze(miniature, target)
    drain(miniature, target, source)
    miniature.stop("reverse")
    thaw(miniature, source)
    sequences(miniature, target, source)
    return invoke(miniature, "rollback", "drained-back")


def load_again(miniature: CutoverMiniature) -> None:
    """Empty Aurora and load everything once more."""
    task = miniature.task("forward")
    settings = json.loads(task["ReplicationTaskSettings"])
    settings["FullLoadSettings"]["TargetTablePrepMode"] = "TRUNCATE_BEFORE_LOAD"
    miniature.aws("dms").modify_replication_task(
        ReplicationTaskArn=miniature.arns["forward"], ReplicationTaskSettings=json.dumps(settings)
    )
    thaw(miniature, miniature.both.aurora)
    miniature.load("reload-target")
