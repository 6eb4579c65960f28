"""The global table of payment intents: what was accepted while no database could be written to.

A payment is put with the condition that its idempotency key is not there yet, in whichever region it
arrives, and drained into the database once there is a writer. Both replicas take writes. Keys, index and
attributes are those of `shared/intents/schema.py`, which the service and the drain use.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable
from constructs import Construct

from shared.blocks import resource
from shared.intents import schema
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class IntentsTableInputs:
    """Both regions' keys: each replica is encrypted with the one of its own."""

    naming: Naming
    kms_key_arn: str
    """Of the stack's own region."""
    replica_region: str
    replica_kms_key_arn: str
    destroyable: bool


@dataclass(frozen=True, kw_only=True)
class IntentsTableOutputs:
    """The table."""

    name: str


class IntentsTable(Construct):
    """The table, its replica in the other region, recovery to any second of 35 days in both."""

    def __init__(self, scope: Construct, id_: str, inputs: IntentsTableInputs) -> None:
        super().__init__(scope, id_)
        table = resource(
            DynamodbTable,
            self,
            "table",
            name=inputs.naming.name("table", "intents"),
            hash_key=schema.KEY,
            attribute=[{"name": name, "type": kind} for name, kind in schema.ATTRIBUTES.items()],
            # what waits, and nothing else: only that has the index's keys
            global_secondary_index=[
                {
                    "name": schema.INDEX,
                    "hash_key": schema.SHARD,
                    "range_key": schema.SEQUENCE,
                    "projection_type": "KEYS_ONLY",
                }
            ],
            # nobody knows how many payments arrive while there is no writer
            billing_mode="PAY_PER_REQUEST",
            # replication needs the stream
            stream_enabled=True,
            stream_view_type=schema.STREAM_VIEW_TYPE,
            ttl={"attribute_name": schema.EXPIRES, "enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": inputs.kms_key_arn},
            point_in_time_recovery={"enabled": True},
            # A block of the table, not a resource of its own: the two undo each other
            # (terraform-aws-modules/terraform-aws-dynamodb-table#73).
            replica=[
                {
                    "region_name": inputs.replica_region,
                    # without a key of its own the replica is made anew by every apply
                    # (hashicorp/terraform-provider-aws#29636)
                    "kms_key_arn": inputs.replica_kms_key_arn,
                    "point_in_time_recovery": True,
                    "propagate_tags": True,
                }
            ],
            # Of the table here: the provider's 5.100 cannot protect the replica, whose items are here, too.
            deletion_protection_enabled=not inputs.destroyable,
        )
        self.outputs = IntentsTableOutputs(name=table.name)
