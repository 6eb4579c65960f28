from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.operations.migration import delegation
from shared.operations.migration.dns import NoAnswerError
from tests.operations.platform import Platform

Resolve = Callable[[str], frozenset[str]]


def unasked(_: str) -> frozenset[str]:
    pytest.fail("the parent zone is in the account: no resolver is asked")


def said(platform: Platform, resolve: Resolve = unasked, zone: str = "payments.example.com") -> list[str]:
    handles = replace(platform.handles, zone_name=zone)
    return [one.what for one in delegation.problems(handles, platform.clients, resolve)]


def ours(platform: Platform) -> list[str]:
    zone = platform.aws("route53").get_hosted_zone(Id=platform.handles.hosted_zone_id)
    return list(zone["DelegationSet"]["NameServers"])


def test_a_parent_zone_in_the_account_that_delegates_is_right(platform: Platform) -> None:
    assert said(platform) == []


def test_a_parent_zone_in_the_account_that_does_not_delegate_is_named(platform: Platform) -> None:
    platform.delegate(ours(platform), "DELETE")

    (problem,) = delegation.problems(platform.handles, platform.clients, unasked)

    assert problem.what == (
        "payments.example.com is not delegated: example.com, in this account, has no NS records for it"
    )
    assert problem.remedy is not None
    assert all(server.rstrip(".") in problem.remedy for server in ours(platform))


def test_a_delegation_to_other_name_servers_is_named(platform: Platform) -> None:
    platform.delegate(["ns1.elsewhere.org."])

    assert said(platform) == [
        "payments.example.com is delegated elsewhere: example.com, in this account, has ns1.elsewhere.org"
    ]


def test_without_a_parent_in_the_account_the_world_is_asked(platform: Platform) -> None:
    asked: list[str] = []
    zone = "pay.company.dev"
    platform.aws("route53").create_hosted_zone(
        Name="company.dev", CallerReference="private", HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-1"},
    )  # fmt: skip

    def resolve(name: str) -> frozenset[str]:
        asked.append(name)
        return frozenset(f"{server}." for server in ours(platform))

    assert said(platform, resolve, zone) == []
    assert asked == [zone]
    assert said(platform, lambda _: frozenset(), zone) == [
        f"{zone} is not delegated: the world has no NS records for it"
    ]
    assert said(platform, lambda _: frozenset({"ns.old.org"}), zone) == [
        f"{zone} is delegated elsewhere: the world has ns.old.org"
    ]


def test_nobody_who_answers_is_no_delegation(platform: Platform) -> None:
    def nobody(_: str) -> frozenset[str]:
        raise NoAnswerError("192.0.2.1: timed out")

    assert said(platform, nobody, "pay.company.dev") == [
        "it cannot be seen whether pay.company.dev is delegated: 192.0.2.1: timed out"
    ]


def test_a_name_for_examples_cannot_be_delegated_in_the_world(platform: Platform) -> None:
    assert said(platform, zone="pay.example.org") == [
        "pay.example.org is reserved for examples: nobody can delegate it"
    ]
