import pytest

from modules.load_balancer import LoadBalancer, LoadBalancerInputs
from shared.naming import LONGEST_SUFFIX, Naming
from tests.synthesized import small


def balancer(*, suffix="x1", **changes):
    given = {
        "vpc_id": "vpc-1",
        "vpc_cidr": "10.1.0.0/16",
        "subnet_ids": ("subnet-1", "subnet-2", "subnet-3"),
        "ingress_cidrs": ("0.0.0.0/0",),
        "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
        "access_logs_bucket": "logs",
        "health_check_path": "/health",
        "deregistration_delay_seconds": 60,
        "destroyable": True,
    }
    inputs = LoadBalancerInputs(naming=Naming(suffix=suffix), **(given | changes))
    return small(lambda stack: LoadBalancer(stack, "alb", inputs))


def test_it_stands_in_the_subnets_that_it_is_given():
    assert balancer().one("aws_lb")["subnets"] == ["subnet-1", "subnet-2", "subnet-3"]


@pytest.mark.parametrize("destroyable", [True, False])
def test_it_is_protected_unless_it_may_go(destroyable):
    assert balancer(destroyable=destroyable).one("aws_lb")["enable_deletion_protection"] is not destroyable


def test_requests_may_be_cut_at_once():
    assert balancer(deregistration_delay_seconds=0).one("aws_lb_target_group")["deregistration_delay"] == "0"


def test_several_networks_may_reach_it():
    cidrs = ("203.0.113.0/24", "198.51.100.0/24")
    rules = balancer(ingress_cidrs=cidrs).one("aws_security_group")["ingress"]
    assert [rule["cidr_blocks"] for rule in rules] == [list(cidrs)] * 2
    assert all(rule["description"] for rule in rules)


def test_names_with_the_longest_suffix_fit_the_service():
    longest = "s" * LONGEST_SUFFIX
    document = balancer(suffix=longest)
    names = [document.one(kind)["name"] for kind in ("aws_lb", "aws_lb_target_group")]
    assert names == [f"alb-payments-{longest}", f"tg-payments-{longest}"]
    assert max(len(name) for name in names) <= 32
