from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.domain_zone import DomainZone, DomainZoneInputs
from shared.blocks import resource
from shared.naming import Naming
from tests.synthesized import small


def zone(*regions, destroyable=True):
    def build(stack):
        providers = {
            region: resource(AwsProvider, stack, region, region=region, alias=region) for region in regions
        }
        inputs = DomainZoneInputs(
            naming=Naming(suffix="x1"),
            zone_name="example.org",
            record_name="api.example.org",
            providers=providers,
            destroyable=destroyable,
        )
        DomainZone(stack, "zone", inputs)

    return small(build)


def test_minimal_one_region_one_certificate():
    document = zone("eu-west-1")
    assert document.one("aws_acm_certificate")["provider"] == "aws.eu-west-1"
    assert len(document.all("aws_route53_record")) == 1


def test_maximum_many_certificates_share_the_first_ones_record():
    document = zone("eu-west-1", "us-east-1", "us-west-2")
    assert len(document.all("aws_acm_certificate")) == 3
    issued = document.all("aws_acm_certificate_validation").values()
    record = document.ref("aws_route53_record", "fqdn")
    assert [block["validation_record_fqdns"] for block in issued] == [[record]] * 3
    first = document.ref("aws_acm_certificate", "domain_validation_options", "certificate-eu-west-1")
    assert first[2:-1] in document.one("aws_route53_record")["name"]


def test_a_zone_that_must_not_go_keeps_the_records_of_others():
    assert zone("eu-west-1", destroyable=False).one("aws_route53_zone")["force_destroy"] is False
