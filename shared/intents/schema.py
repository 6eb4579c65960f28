"""The table of payment intents: its keys, its index, what stands in an item. Imports nothing.

`modules/lambdas/drain/schema.py` is this very file: a Lambda package has nothing of the repository beside
it. A test compares them.
"""

#: Partition key, a string: the client's idempotency key. There is no sort key. The keys of payments are
#: spread by nature, so no partition is hot.
KEY = "idempotency_key"

#: The global secondary index of what waits. Only items that wait have its keys, so it holds nothing else;
#: it projects keys only.
INDEX = "waiting"
#: Its partition key, a string: "00" to "15", by the ordering key. One partition takes 1,000 writes a second.
SHARD = "shard"
SHARDS = 16
#: Its sort key, a string: the order of acceptance.
SEQUENCE = "sequence"

#: The attributes that a key has: name -> type, for `attribute` blocks.
ATTRIBUTES = {KEY: "S", SHARD: "S", SEQUENCE: "S"}

#: Time to live, seconds since 1970: only what was drained has it.
EXPIRES = "expires_at"

ORDERING_KEY = "ordering_key"
PAYLOAD = "payload"
#: SHA-256 of the payload: tells a repetition from another payment under the same key.
FINGERPRINT = "fingerprint"
#: The region that accepted it.
REGION = "accepted_in"
STATE = "state"
DRAINED_AT = "drained_at"
#: Why the last try to drain it failed.
LAST_ERROR = "last_error"

#: Accepted, and not in the database yet.
QUEUED = "queued"
#: In the database.
DRAINED = "drained"

#: A global table needs it.
STREAM_VIEW_TYPE = "NEW_AND_OLD_IMAGES"


def shards() -> tuple[str, ...]:
    """Return every partition key of the index."""
    return tuple(f"{number:02d}" for number in range(SHARDS))
