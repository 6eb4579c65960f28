import pytest

from modules.intents_table import IntentsTable, IntentsTableInputs
from shared.naming import Naming
from tests.synthesized import content, small


@pytest.mark.parametrize("destroyable", [True, False])
def test_the_table_is_encrypted_and_recoverable_in_both_regions(destroyable):
    inputs = IntentsTableInputs(
        naming=Naming(suffix="x1"),
        kms_key_arn="own-key",
        replica_region="us-east-1",
        replica_kms_key_arn="other-key",
        destroyable=destroyable,
    )
    document = small(lambda stack: IntentsTable(stack, "intents", inputs))
    assert content(document.one("aws_dynamodb_table")) == {
        "name": "table-intents-x1",
        "hash_key": "idempotency_key",
        "attribute": [
            {"name": "idempotency_key", "type": "S"},
            {"name": "shard", "type": "S"},
            {"name": "sequence", "type": "S"},
        ],
        "global_secondary_index": [
            {
                "name": "waiting",
                "hash_key": "shard",
                "range_key": "sequence",
                "projection_type": "KEYS_ONLY",
            }
        ],
        "billing_mode": "PAY_PER_REQUEST",
        "stream_enabled": True,
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "ttl": {"attribute_name": "expires_at", "enabled": True},
        "server_side_encryption": {"enabled": True, "kms_key_arn": "own-key"},
        "point_in_time_recovery": {"enabled": True},
        "replica": [
            {
                "region_name": "us-east-1",
                "kms_key_arn": "other-key",
                "point_in_time_recovery": True,
                "propagate_tags": True,
            }
        ],
        "deletion_protection_enabled": not destroyable,
    }
    assert document.all("aws_dynamodb_table_replica") == {}, "the two undo each other"
