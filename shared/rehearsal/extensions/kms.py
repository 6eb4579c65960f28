"""KMS: a replica of a multi-Region key is a key of its own; AWS's keys are AWS's.

moto 5.2.5 lets replica and primary share one dictionary: describing the replica turns the primary
into a replica too (the provider then waits for minutes and fails with "is not a multi-Region primary
key"), and the replica's description, policy and tags are dropped.

It makes the key behind `alias/aws/dynamodb` when it is first looked at (the provider does), and calls it
the customer's: it would count as left behind.

AWS: API reference of ReplicateKey, KeyMetadata (`KeyManager`); "Multi-Region keys in AWS KMS" (shared:
key id and material; not shared: description, policy, tags, aliases, grants, state).
"""

from __future__ import annotations

import copy
import json

from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.responses import KmsResponse

_replicate_key_response = KmsResponse.replicate_key
_generate_default_keys = KmsBackend._generate_default_keys


def install() -> None:
    """Replace the making of replicas, wrap the making of AWS's own keys."""
    KmsBackend._generate_default_keys = generate_default_keys
    KmsBackend.replicate_key = replicate_key
    KmsBackend.describe_key = describe_key
    KmsResponse.replicate_key = replicate_key_response


def generate_default_keys(self: KmsBackend, alias_name: str) -> str:
    """Make the key behind an alias of AWS's; moto asks for no other alias."""
    made: str = _generate_default_keys(self, alias_name)
    self.keys[made].key_manager = "AWS"
    return made


def replicate_key(self: KmsBackend, key_id: str, replica_region: str) -> Key:
    """Make a replica with its own configuration, aliases and grants."""
    primary = self.keys[self.get_key_id(key_id)]
    replica = copy.copy(primary)
    replica.region = replica_region
    replica.arn = primary.arn.replace(f":{self.region_name}:", f":{replica_region}:")
    replica.aliases, replica.grants = {}, {}
    replica.key_state = "Enabled"
    listed = primary.multi_region_configuration["ReplicaKeys"]
    listed.append({"Arn": replica.arn, "Region": replica_region})
    # The list of replicas stays shared: every member of the family lists all of them.
    replica.multi_region_configuration = {
        **primary.multi_region_configuration,
        "MultiRegionKeyType": "REPLICA",
    }
    kms_backends[self.account_id][replica_region].keys[replica.id] = replica
    return replica


def describe_key(self: KmsBackend, key_id: str) -> Key:
    """Return the key as it is, without changing its kind."""
    return self.keys[self.any_id_to_key_id(key_id)]


def replicate_key_response(self: KmsResponse) -> str:
    """Give the replica its own description, policy and tags."""
    answer = json.loads(_replicate_key_response(self))
    backend = kms_backends[self.current_account][self._get_param("ReplicaRegion")]
    replica = backend.keys[answer["ReplicaKeyMetadata"]["KeyId"]]
    replica.description = self._get_param("Description") or ""
    replica.policy = self._get_param("Policy") or replica.generate_default_policy()
    tags = self._get_param("Tags") or []
    backend.tag_resource(replica.arn, {tag["TagKey"]: tag["TagValue"] for tag in tags})
    answer["ReplicaKeyMetadata"] = replica.to_dict()["KeyMetadata"]
    answer["ReplicaPolicy"] = replica.policy
    return json.dumps(answer)
