"""Two databases with a few tables, and the ends of a replication between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.rehearsal.databases.pair import REPLICATION, Databases
from shared.rehearsal.replication.ends import End
from shared.rehearsal.replication.link import Link
from shared.rehearsal.replication.runner import Plan, Runner
from tests.cutover_miniature import anew
from tests.rehearsal.waiting import until

SCHEMA = """
CREATE TABLE things (
    id integer PRIMARY KEY, said text, amount numeric, twice numeric GENERATED ALWAYS AS (amount * 2) STORED
);
CREATE TABLE loose (said text);
CREATE TABLE whole (said text);
ALTER TABLE whole REPLICA IDENTITY FULL;
CREATE UNLOGGED TABLE fleeting (id integer PRIMARY KEY);
"""
FILL = """
INSERT INTO things (id, said, amount) SELECT n, md5(n::text), n / 7.0 FROM generate_series(1, 200) n;
INSERT INTO loose SELECT 'one' FROM generate_series(1, 3);
INSERT INTO whole VALUES ('one'), ('two');
INSERT INTO fleeting VALUES (1);
"""


def mappings(*rules: tuple[str, str, str]) -> str:
    """Selection rules: action, schema, table."""
    return json.dumps(
        {
            "rules": [
                {
                    "rule-type": "selection",
                    "rule-id": str(number),
                    "rule-name": str(number),
                    "object-locator": {"schema-name": schema, "table-name": table},
                    "rule-action": action,
                }
                for number, (action, schema, table) in enumerate(rules)
            ]
        }
    )


ALL = mappings(("include", "public", "%"))
THINGS = mappings(("include", "public", "things"))


class Scene:
    """Both databases, filled, and what replicates."""

    def __init__(self, both: Databases, *, target: str = SCHEMA) -> None:
        anew(both)
        self.both = both
        self.source, self.target = (
            End(
                host=server.host,
                port=server.port,
                username=REPLICATION,
                password=both.passwords[REPLICATION],
                database=both.database,
                tls="verify-full",
                authority=both.authority_pem,
            )
            for server in both.servers
        )
        self.write(SCHEMA + FILL)
        if target:
            with self.target.connect() as connection:
                connection.execute(target)
        self.link = Link(self.source, self.target, "dms_test")
        self.told: list[str] = []
        self.runners: list[Runner] = []

    def write(self, statement: str) -> None:
        with self.source.connect() as connection:
            connection.execute(statement)

    def rows(self, query: str, *, at: str = "target") -> list[Any]:
        with getattr(self, at).connect() as connection:
            return list(connection.execute(query).fetchall())

    def runner(self, *, fresh: bool = True, **plan: Any) -> Runner:
        """Start one, and return it."""
        values = {"kind": "full-load-and-cdc", "mappings": THINGS, **plan}
        runner = Runner(
            link=self.link,
            plan=Plan(**values),
            fresh=fresh,
            told=lambda one: self.told.append(one.status),
            known=self.runners[-1].known if self.runners and not fresh else {},
        )
        self.runners.append(runner)
        runner.start()
        return runner

    def running(self, **plan: Any) -> Runner:
        """Start one, and wait until it follows."""
        runner = self.runner(**plan)
        until(lambda: runner.reading.written or not runner.working)
        assert runner.status == "running", runner.failure
        return runner

    def end(self) -> None:
        for runner in self.runners:
            runner.end()
        self.link.drop()


@contextmanager
def scene(both: Databases, **options: Any) -> Iterator[Scene]:
    found = Scene(both, **options)
    try:
        yield found
    finally:
        found.end()


def leftovers(found: Scene) -> list[Any]:
    """What a replication may leave behind: slots, publications, subscriptions."""
    return [
        *found.rows("SELECT slot_name FROM pg_replication_slots", at="source"),
        *found.rows("SELECT pubname FROM pg_publication", at="source"),
        *found.rows("SELECT subname FROM pg_subscription"),
    ]
