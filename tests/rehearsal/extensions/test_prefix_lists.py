"""AWS's own prefix lists."""

import ipaddress

from tests.rehearsal.conftest import Aws


def test_every_region_has_the_list_of_the_health_checkers_addresses(aws: Aws) -> None:
    for region in ("us-west-2", "eu-west-1"):
        ec2 = aws.client("ec2", region)
        name = f"com.amazonaws.{region}.route53-healthchecks"
        lists = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [name]}])
        found = lists["PrefixLists"][0]
        assert found["OwnerId"] == "AWS"
        entries = ec2.get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]
        assert all(ipaddress.IPv4Network(entry["Cidr"]).is_global for entry in entries)
        assert len(entries) > 1
