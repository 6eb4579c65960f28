"""Replicas of secrets."""

from tests.rehearsal.conftest import Aws


def test_a_replica_names_its_own_key(aws: Aws) -> None:
    aws.client("secretsmanager").create_secret(
        Name="s", SecretString="x", AddReplicaRegions=[{"Region": "eu-west-1", "KmsKeyId": "alias/mine"}]
    )
    status = aws.client("secretsmanager").describe_secret(SecretId="s")["ReplicationStatus"]
    assert [(one["Region"], one["KmsKeyId"]) for one in status] == [("eu-west-1", "alias/mine")]


def test_without_a_key_a_replica_has_the_services(extended: Aws) -> None:
    extended.client("secretsmanager").create_secret(
        Name="s", SecretString="x", AddReplicaRegions=[{"Region": "eu-west-1"}]
    )
    [replica] = extended.client("secretsmanager").describe_secret(SecretId="s")["ReplicationStatus"]
    assert replica["KmsKeyId"] == "alias/aws/secretsmanager"
    extended.client("secretsmanager").create_secret(Name="t", SecretString="x")
