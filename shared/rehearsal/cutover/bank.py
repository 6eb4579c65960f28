"""The application's database: what its tables are like, and what a payment does.

Identities, sequences, foreign keys, a trigger, binary and JSON columns: whatever a replication may stumble
over. A payment's key is not unique for the database: a payment that is made twice is to be found, not to be
refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from shared.rehearsal.databases.pair import APPLICATION

if TYPE_CHECKING:
    import psycopg

    from shared.rehearsal.databases.pair import Databases

ACCOUNTS = 2000
_SCHEMA = """
CREATE TABLE accounts (
    id integer PRIMARY KEY,
    balance numeric(16, 2) NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE SEQUENCE receipts;
CREATE TABLE payments (
    id bigserial PRIMARY KEY,
    key text NOT NULL,
    account integer NOT NULL REFERENCES accounts,
    amount numeric(12, 2) NOT NULL CHECK (amount > 0),
    receipt bigint NOT NULL DEFAULT nextval('receipts'),
    details jsonb,
    proof bytea,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX payments_by_key ON payments (key);
CREATE TABLE entries (
    payment bigint NOT NULL REFERENCES payments,
    side text NOT NULL CHECK (side IN ('debit', 'credit')),
    amount numeric(12, 2) NOT NULL,
    PRIMARY KEY (payment, side)
);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN new.changed_at := clock_timestamp(); RETURN new; END';
CREATE TRIGGER accounts_touched BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
"""
_FILL = """
INSERT INTO accounts (id) SELECT generate_series(1, %(accounts)s);
INSERT INTO payments (key, account, amount, details, proof)
    SELECT 'old-' || lpad(number::text, 9, '0'), 1 + number %% %(accounts)s, 1 + number %% 1000,
           jsonb_build_object('number', number), decode(md5(number::text), 'hex')
    FROM generate_series(1, %(payments)s) AS number;
INSERT INTO entries SELECT id, side, amount FROM payments, (VALUES ('debit'), ('credit')) AS sides (side);
UPDATE accounts SET balance = paid.amount
    FROM (SELECT account, sum(amount) AS amount FROM payments GROUP BY account) AS paid
    WHERE paid.account = accounts.id;
ANALYZE;
"""


def build(databases: Databases, *, payments: int) -> None:
    """Make the tables in both databases, as `pg_dump --schema-only` would, and fill the data centre's.

    Each payment is three rows. The application owns its tables.
    """
    for server in databases.servers:
        with server.connect(databases.database) as connection:
            connection.execute(
                sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(sql.Identifier(APPLICATION))
            )
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION)))
            connection.execute(_SCHEMA)
    with databases.on_premises.connect(databases.database) as connection:
        values = {"accounts": sql.Literal(ACCOUNTS), "payments": sql.Literal(payments)}
        for statement in _FILL.split(";\n"):
            text = statement.replace("%(accounts)s", "{accounts}").replace("%(payments)s", "{payments}")
            connection.execute(sql.SQL(text.replace("%%", "%")).format(**values))


def pay(connection: psycopg.Connection[Any], key: str, account: int, amount: int) -> int:
    """Make a payment, unless it was made before, and return its id. psycopg.Error: it may have been made."""
    with connection.transaction():
        found = connection.execute("SELECT id FROM payments WHERE key = %s", [key]).fetchone()
        if found:
            return int(found[0])
        row = connection.execute(
            "INSERT INTO payments (key, account, amount, details) VALUES (%s, %s, %s, '{}') RETURNING id",
            [key, account, amount],
        ).fetchone()
        assert row is not None  # noqa: S101 - RETURNING has a row for each that was inserted
        connection.execute(
            "INSERT INTO entries SELECT %s, side, %s FROM (VALUES ('debit'), ('credit')) AS sides (side)",
            [row[0], amount],
        )
        connection.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", [amount, account])
    return int(row[0])


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What has to be the same in both databases, and to fit together in each."""

    payments: int
    entries: int
    amounts: int
    balances: int
    """In cents, as `amounts`: every payment changes one balance."""

    @property
    def whole(self) -> bool:
        """Say whether no payment was made in part."""
        return self.entries == 2 * self.payments and self.amounts == self.balances


def sums(connection: psycopg.Connection[Any]) -> Sums:
    """Return the sums, all of the same moment."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM payments), (SELECT count(*) FROM entries), "
        "(SELECT coalesce(sum(amount), 0) * 100 FROM payments)::bigint, "
        "(SELECT coalesce(sum(balance), 0) * 100 FROM accounts)::bigint"
    ).fetchone()
    assert row is not None  # noqa: S101 - a query without a condition
    return Sums(payments=row[0], entries=row[1], amounts=row[2], balances=row[3])
