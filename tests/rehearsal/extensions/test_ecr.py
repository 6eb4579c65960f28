"""Replication of images."""

from typing import Any

from tests.rehearsal.conftest import ACCOUNT, Aws

MANIFEST = '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}'


def replicate(aws: Aws, *prefixes: str) -> None:
    filters = [{"filter": prefix, "filterType": "PREFIX_MATCH"} for prefix in prefixes]
    rule: dict[str, Any] = {"destinations": [{"region": "eu-west-1", "registryId": ACCOUNT}]}
    aws.client("ecr").put_replication_configuration(
        replicationConfiguration={"rules": [{**rule, "repositoryFilters": filters} if filters else rule]}
    )


def push(aws: Aws, repository: str, tag: str = "1") -> str:
    made = aws.client("ecr").put_image(repositoryName=repository, imageManifest=MANIFEST, imageTag=tag)
    return str(made["image"]["imageId"]["imageDigest"])


def in_europe(aws: Aws) -> dict[str, list[str]]:
    ecr = aws.client("ecr", "eu-west-1")
    names = [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]
    return {
        name: [one["imageDigest"] for one in ecr.list_images(repositoryName=name)["imageIds"]]
        for name in names
    }


def test_an_image_that_is_pushed_reaches_the_other_region(aws: Aws) -> None:
    aws.client("ecr").create_repository(repositoryName="payment-processor")
    replicate(aws)
    digest = push(aws, "payment-processor")
    assert in_europe(aws) == {"payment-processor": [digest]}
    push(aws, "payment-processor", "2")
    assert in_europe(aws) == {"payment-processor": [digest, digest]}


def test_only_images_that_the_filter_names_are_replicated_and_only_later_ones(extended: Aws) -> None:
    for name in ("payment-processor", "other"):
        extended.client("ecr").create_repository(repositoryName=name)
    push(extended, "payment-processor", "0")
    replicate(extended, "payment")
    push(extended, "other")
    assert in_europe(extended) == {}
    push(extended, "payment-processor", "1")
    assert list(in_europe(extended)) == ["payment-processor"]
