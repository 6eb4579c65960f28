"""A4, A5: the hosted zone, and one certificate for the platform's name in each region."""

import pytest

from tests.synthesized import content


@pytest.fixture
def domain(synthesis):
    return synthesis["global/domain"]


def test_the_zone_is_the_platforms(domain):
    assert content(domain.one("aws_route53_zone")) == {
        "name": "payments.example.com",
        "comment": "zone-payments-abc123",
        "force_destroy": True,
    }


@pytest.mark.parametrize(("region", "provider"), [("us-east-1", "aws.us-east-1"), ("eu-west-1", None)])
def test_each_region_has_an_issued_certificate_for_the_records_name(domain, region, provider):
    certificate = domain.one("aws_acm_certificate", f"certificate-{region}")
    assert certificate["domain_name"] == "api.payments.example.com"
    assert certificate["validation_method"] == "DNS"
    assert certificate["lifecycle"] == {"create_before_destroy": True}
    assert certificate["tags"] == {"Name": "certificate-payments-abc123"}
    assert certificate.get("provider") == provider
    issued = domain.one("aws_acm_certificate_validation", f"issued-{region}")
    assert issued.get("provider") == provider
    arn = domain.ref("aws_acm_certificate", "arn", f"certificate-{region}")
    assert issued["certificate_arn"] == arn
    assert issued["validation_record_fqdns"] == [domain.ref("aws_route53_record", "fqdn")]


def test_the_stack_has_a_provider_for_each_region(domain):
    providers = [(provider["region"], provider.get("alias")) for provider in domain.providers]
    assert providers == [("eu-west-1", None), ("us-east-1", "us-east-1")]


def test_the_validation_record_of_both_certificates_is_made_once_in_all_stacks(synthesis, domain):
    plain = [record for record in synthesis.of("aws_route53_record").values() if "alias" not in record]
    assert plain == [domain.one("aws_route53_record")]
    (record,) = plain
    certificate = domain.ref("aws_acm_certificate", "domain_validation_options", "us-east-1")[2:-1]
    option = f"tolist({certificate}).0.resource_record"
    assert record["name"] == f"${{{option}_name}}"
    assert record["type"] == f"${{{option}_type}}"
    assert record["records"] == [f"${{{option}_value}}"]
    assert record["zone_id"] == domain.ref("aws_route53_zone", "zone_id")
    assert (record["ttl"], record["allow_overwrite"]) == (300, False)


def test_the_domain_publishes_its_name_servers_and_the_issued_certificates(domain):
    arns = {
        region: domain.ref("aws_acm_certificate_validation", "certificate_arn", f"issued-{region}")
        for region in ("us-east-1", "eu-west-1")
    }
    assert domain.outputs == {
        "route53_zone_id": domain.ref("aws_route53_zone", "zone_id"),
        "name_servers": domain.ref("aws_route53_zone", "name_servers"),
        "record_name": "api.payments.example.com",
        "certificate_arns": arns,
    }
