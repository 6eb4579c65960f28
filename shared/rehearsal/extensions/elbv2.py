"""Load balancers are active when they are made, and know their region's hosted zone.

moto 5.2.5 keeps a load balancer `provisioning` until it was described once, which costs the provider
a poll, and gives the same invented hosted zone id everywhere; Route 53 aliases need the region's.

AWS: "Elastic Load Balancing endpoints and quotas" (AWS General Reference) lists the zone ids.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import FakeLoadBalancer

_init = FakeLoadBalancer.__init__

#: Route 53 hosted zone ids of Application Load Balancers (AWS General Reference, elb.html).
HOSTED_ZONES = {
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "sa-east-1": "Z2P70J7HTTTPLU",
}


def install() -> None:
    """Wrap the making of a load balancer."""
    FakeLoadBalancer.__init__ = init


def init(self: FakeLoadBalancer, *args: Any, **kwargs: Any) -> None:
    """Make it active, in its region's zone, facing the internet unless told otherwise."""
    _init(self, *args, **kwargs)
    self.activate()
    self.scheme = self.scheme or "internet-facing"
    region = self.arn.split(":")[3]
    self.canonical_hosted_zone_id = HOSTED_ZONES.get(region, self.canonical_hosted_zone_id)
