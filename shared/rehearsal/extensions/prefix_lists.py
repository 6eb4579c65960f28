"""EC2: AWS's own list of the addresses that Route 53's health checkers ask from.

moto 5.2.5 has the lists of a few services only, so a policy or a firewall for the checkers cannot be
planned.

AWS: VPC user guide, "AWS-managed prefix lists" (`com.amazonaws.REGION.route53-healthchecks`). The
blocks here are some that AWS published in ip-ranges.json; nobody asks from them in an embedded AWS.
"""

from __future__ import annotations

from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend

_create_default_pls = ManagedPrefixListBackend.create_default_pls

CHECKERS = ("15.177.0.0/18", "52.80.197.0/25", "54.183.255.128/26", "54.228.16.0/26")


def install() -> None:
    """Wrap the making of the lists that every region has."""
    ManagedPrefixListBackend.create_default_pls = create_default_pls


def create_default_pls(self: ManagedPrefixListBackend) -> None:
    """Make moto's lists and this one."""
    _create_default_pls(self)
    self._create_aws_managed_prefix_list(
        name=f"com.amazonaws.{self.region_name}.route53-healthchecks",
        address_family="IPv4",
        entries=[{"Cidr": cidr, "Description": "default"} for cidr in CHECKERS],
    )
