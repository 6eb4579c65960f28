"""What a real account has before the platform is deployed."""

import json

from shared.rehearsal.prerequisites import create
from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.settings import settings

EXISTING = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:old-platform"


def password_of(aws: Aws, region: str, name: str) -> str:
    found = aws.client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    return str(json.loads(found)["password"])


def test_the_secrets_exist_with_passwords_of_their_own(extended: Aws) -> None:
    made = create(settings(), extended)
    assert password_of(extended, "us-east-1", "payments/database/master") == made.master_password
    for region in ("us-east-1", "eu-west-1"):
        found = password_of(extended, region, "payments/database/application")
        assert found == made.application_password
    assert len(set(made.secret_values)) == 2
    assert made.existing_primary_cluster_arn is None


def test_the_image_is_in_both_regions_by_its_tag(extended: Aws) -> None:
    made = create(settings(image="1.2.3"), extended)
    for region in ("us-east-1", "eu-west-1"):
        found = extended.client("ecr", region).describe_images(
            repositoryName="payment-processor", imageIds=[{"imageTag": "1.2.3"}]
        )
        assert [one["imageDigest"] for one in found["imageDetails"]] == [made.image_digest]


def test_the_image_is_in_both_regions_by_its_digest(extended: Aws) -> None:
    digest = f"sha256:{'a' * 64}"
    assert create(settings(image=digest), extended).image_digest == digest
    found = extended.client("ecr", "eu-west-1").describe_images(
        repositoryName="payment-processor", imageIds=[{"imageDigest": digest}]
    )
    assert len(found["imageDetails"]) == 1


def test_a_cluster_that_is_to_be_adopted_exists_with_a_writer(extended: Aws) -> None:
    made = create(settings(database={"existing_primary_cluster_arn": EXISTING}), extended)
    assert made.existing_primary_cluster_arn == EXISTING
    [cluster] = extended.client("rds").describe_db_clusters()["DBClusters"]
    assert (cluster["DBClusterArn"], cluster["Status"]) == (EXISTING, "available")
    assert [one["IsClusterWriter"] for one in cluster["DBClusterMembers"]] == [True, False]
