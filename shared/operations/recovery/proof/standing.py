"""What a failover takes hold of in the standby region: there, running, encrypted with keys of that region."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.clients import error_code
from shared.deploy import doctor_account
from shared.deploy.check import Check
from shared.deploy.queue import command_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.clients import Clients
    from shared.operations.common.outputs import Outputs
    from shared.operations.recovery.handles import Handles
    from shared.settings import DisasterRecovery

_ABSENT = {
    "NoSuchBucket",
    "404",
    "NotFound",
    "NotFoundException",
    "ResourceNotFoundException",
    "StateMachineDoesNotExist",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The looks; each raises botocore's errors for what it could not see."""

    environment: DisasterRecovery
    clients: Clients
    handles: Handles
    outputs: Outputs
    keys: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """KMS key -> what it encrypts, gathered by the looks before `encryption`."""

    @property
    def region(self) -> str:
        """Return the standby region."""
        return self.handles.away.region

    def machine(self) -> list[Check]:
        """Look at the state machine."""
        client = self._client("stepfunctions")
        arn = self.handles.state_machine_arn
        found = _there(lambda: client.describe_state_machine(stateMachineArn=arn))
        if found is None:
            return [self._absent("state machine", arn, "failover")]
        return [
            _judged("state machine", found["status"] == "ACTIVE", f"{found['name']} is {found['status']}")
        ]

    def functions(self) -> list[Check]:
        """Look at the functions of the machine and of the drain."""
        return [
            self._function(name) for name in (self.handles.failover_function, self.handles.drain_function)
        ]

    def _function(self, name: str) -> Check:
        client = self._client("lambda")
        found = _there(lambda: client.get_function_configuration(FunctionName=name))
        if found is None:
            return self._absent("function", name, "failover")
        if found.get("KMSKeyArn"):
            self.keys[found["KMSKeyArn"]].append(f"variables of {name}")
        # one that was not called for weeks is inactive until it is called
        state = found.get("State", "Active")
        update = found.get("LastUpdateStatus", "Successful")
        right = state in {"Active", "Inactive"} and update != "Failed"
        return _judged("function", right, f"{name} is {state}, its last update {update}")

    def table(self) -> list[Check]:
        """Look at the standby's table of intents, and that the home region's replica feeds it."""
        name, home = self.handles.intents_table, self.handles.home.region
        client = self._client("dynamodb")
        found = _there(lambda: client.describe_table(TableName=name)["Table"])
        if found is None:
            return [self._absent("intents", f"table {name}", "intents", "global")]
        key = found.get("SSEDescription", {}).get("KMSMasterKeyArn")
        if key:
            self.keys[key].append(f"table {name}")
        replicas = {
            one["RegionName"]: one.get("ReplicaStatus", "ACTIVE") for one in found.get("Replicas", ())
        }
        if home not in replicas:
            seen = f"{name} has no replica in {home}: what is accepted there would be lost with it"
            remedy = f"run `{command_for('global/intents', self.handles.place)}`"
            return [Check(name="intents", verdict="fail", seen=seen, remedy=remedy)]
        seen = f"{name} is {found['TableStatus']}, its replica in {home} {replicas[home]}"
        right = found["TableStatus"] in {"ACTIVE", "UPDATING"} and replicas[home] == "ACTIVE"
        return [_judged("intents", right, seen)]

    def secret(self) -> list[Check]:
        """Look at the application's secret, which the drain and the canary read."""
        name = self.environment.service.credentials_secret_name
        check = doctor_account.secret(self.clients, self.region, name)
        if check.verdict == "ok":
            described = self._client("secretsmanager").describe_secret(SecretId=name)
            key = described.get("KmsKeyId")
            if key:
                self.keys[key].append(f"secret {name}")
        return [check]

    def image(self) -> list[Check]:
        """Look at the image that the standby's instances start with."""
        return [doctor_account.image(self.environment, self.clients, self.region)]

    def topic(self) -> list[Check]:
        """Look at the topic that is told."""
        foundation = self.outputs.get(f"{self.region}/foundation", {})
        arn, key = foundation.get("alarm_topic_arn", ""), foundation.get("kms_key_arn")
        if key:
            self.keys[key].append("the standby's data")
        client = self._client("sns")
        found = _there(lambda: client.get_topic_attributes(TopicArn=arn)["Attributes"]) if arn else None
        if found is None:
            return [self._absent("topic", arn or "a topic of alarms", "foundation")]
        if found.get("KmsMasterKeyId"):
            self.keys[found["KmsMasterKeyId"]].append("the topic")
        return [Check(name="topic", verdict="ok", seen=arn)]

    def pin(self) -> list[Check]:
        """Look at the bucket of the pin."""
        name = self.handles.pin_bucket
        client = self._client("s3")
        found = _there(lambda: client.get_bucket_location(Bucket=name))
        if found is None:
            return [self._absent("pin", f"bucket {name}", "traffic", "global")]
        # S3 says nothing for us-east-1
        region = found.get("LocationConstraint") or "us-east-1"
        seen = f"the bucket {name} is in {region}"
        return [_judged("pin", region == self.region, seen, f"it has to be in {self.region}")]

    def cluster(self) -> list[Check]:
        """Look at the cluster that would be promoted: somebody has to write, and SQL comes over HTTPS."""
        name = self.handles.away.cluster_identifier
        (found,) = self._client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        if found.get("KmsKeyId"):
            self.keys[found["KmsKeyId"]].append(f"cluster {name}")
        deploy = f"run `{command_for(f'{self.region}/database', self.handles.place)}`"
        instances = len(found.get("DBClusterMembers", ()))
        checks = [_judged("cluster", instances > 0, f"{name} has {instances} instances", deploy)]
        if self.environment.failover.data_api:
            on = bool(found.get("HttpEndpointEnabled"))
            seen = f"RDS Data API of {name}, for the drain, is {'on' if on else 'off'}"
            checks.append(_judged("cluster", on, seen, deploy))
        return checks

    def encryption(self) -> list[Check]:
        """Look at every key that was gathered."""
        return [self._key(key, ", ".join(what)) for key, what in sorted(self.keys.items())]

    def _key(self, key: str, what: str) -> Check:
        region = key.split(":")[3] if key.startswith("arn:") else self.region
        if region != self.region:
            remedy = f"encrypt it with a key of {self.region}"
            return Check(name="key", verdict="fail", seen=f"{key} of {what} is in {region}", remedy=remedy)
        kms = self._client("kms")
        found = _there(lambda: kms.describe_key(KeyId=key)["KeyMetadata"])
        if found is None:
            return self._absent("key", f"{key} of {what}", "foundation")
        remedies = {
            "Disabled": f"`aws kms enable-key --region {self.region} --key-id {key}`",
            "PendingDeletion": f"`aws kms cancel-key-deletion --region {self.region} --key-id {key}`",
        }
        state = found["KeyState"]
        remedy = remedies.get(state, "it has to be Enabled")
        return _judged("key", state == "Enabled", f"{key} of {what} is {state}", remedy)

    def _client(self, service: str) -> Any:
        return self.clients.client(service, self.region)

    def _absent(self, name: str, what: str, stack: str, place: str = "") -> Check:
        address = f"{place or self.region}/{stack}"
        remedy = f"run `{command_for(address, self.handles.place)}`"
        return Check(name=name, verdict="fail", seen=f"there is no {what} in {self.region}", remedy=remedy)


def _there(look: Callable[[], Any]) -> Any:
    """Return what is there; None when AWS says that it is not."""
    try:
        return look()
    except ClientError as error:
        if error_code(error) not in _ABSENT:
            raise
        return None


def _judged(name: str, right: bool, seen: str, remedy: str = "look at it in the console") -> Check:
    if right:
        return Check(name=name, verdict="ok", seen=seen)
    return Check(name=name, verdict="fail", seen=seen, remedy=remedy)
