from shared.rehearsal.delegation import delegated
from tests.rehearsal.conftest import Aws

SERVERS = ("ns-1.example.net", "ns-2.example.net")


def test_the_parent_names_the_zones_servers_until_it_is_taken_back(extended: Aws):
    route53 = extended.client("route53", "eu-west-1")
    with delegated("payments.example.com", SERVERS, extended, "eu-west-1") as parent:
        assert route53.get_hosted_zone(Id=parent)["HostedZone"]["Name"] == "example.com."
        records = route53.list_resource_record_sets(HostedZoneId=parent)["ResourceRecordSets"]
        (found,) = (record for record in records if record["Name"] == "payments.example.com.")
        assert found["Type"] == "NS"
        assert [value["Value"] for value in found["ResourceRecords"]] == [f"{name}." for name in SERVERS]
    assert route53.list_hosted_zones()["HostedZones"] == []
