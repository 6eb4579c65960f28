"""Security groups."""

from __future__ import annotations

from tests.policy.worlds import GONE, Example, out, ref

_SERVICE, _DATABASE, _ROUTING = "us-east-1/service", "us-east-1/database", "us-east-1/routing"
_TO_THE_WORLD = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}
_RULES = {
    "us-east-1/foundation": {"aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}, "named": {"cidr_block": "x"}}},
    _ROUTING: {
        "aws_vpn_gateway": {"gateway": {}},
        "aws_route_table": {
            "private": {
                "route": [
                    {"cidr_block": "10.1.0.0/16", "vpc_peering_connection_id": "pcx-1"},
                    {"cidr_block": "192.168.0.0/16", "gateway_id": ref("aws_vpn_gateway.gateway.id")},
                    {"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"},
                ]
            }
        },
    },
    _SERVICE: {
        "aws_lb": {"balancer": {"security_groups": [ref("aws_security_group.door.id")]}},
        "aws_security_group": {
            "door": {"ingress": [_TO_THE_WORLD], "egress": [_TO_THE_WORLD]},
            "inside": {"ingress": []},
        },
        "aws_vpc_security_group_ingress_rule": {
            "secure": {
                "security_group_id": ref("aws_security_group.door.id"),
                "ip_protocol": "tcp",
                "from_port": "443",
                "to_port": "443",
                "cidr_ipv6": "::/0",
            }
        },
        "aws_security_group_rule": {
            "out": {
                "security_group_id": ref("aws_security_group.inside.id"),
                "type": "egress",
                "protocol": "-1",
                "source_security_group_id": ref("aws_security_group.door.id"),
            }
        },
    },
    _DATABASE: {
        "aws_security_group": {
            "database": {
                "ingress": [
                    {
                        "protocol": "tcp",
                        "from_port": 3306,
                        "to_port": 3306,
                        "cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16", "192.168.7.0/24", "${var.known_later}"],
                    }
                ]
            }
        }
    },
}
_IN = f"{_DATABASE} aws_security_group database ingress 0"
_SAME = {
    "us-east-1/service": {
        "aws_security_group": {"group": {}},
        "aws_lb": {"balancer": {"security_groups": [ref("aws_security_group.group.id")]}},
        "aws_lambda_function": {
            "function": {"vpc_config": {"security_group_ids": [ref("aws_security_group.group.id")]}},
            "outside": {},
        },
        "aws_security_group_rule": {
            "rule": {"source_security_group_id": ref("aws_security_group.group.id")},
        },
        "output": {"group": ref("aws_security_group.group.id")},
    },
    "eu-west-1/service": {
        "aws_security_group": {
            "group": {"ingress": {"security_groups": ["${aws_security_group.own.id}"]}},
            "own": {},
        }
    },
}
_JUDGED = (
    "eu-west-1/service/group",
    "us-east-1/service/balancer",
    "us-east-1/service/function",
    "us-east-1/service/rule",
)

EXAMPLES = [
    Example(
        check="RS03",
        right=_RULES,
        judged=(
            f"{_DATABASE}/database",
            f"{_SERVICE}/door",
            f"{_SERVICE}/inside",
            f"{_SERVICE}/out",
            f"{_SERVICE}/secure",
        ),
        wrong={
            "a rule of nulls": (
                {_IN: {"cidr_blocks": None}},
                {
                    f"{_DATABASE}/database": (
                        "ingress 0 has no protocol",
                        "ingress 0 has no ports",
                        "ingress 0 has no peer",
                    )
                },
            ),
            "strangers at the database": (
                {f"{_IN} cidr_blocks": ["172.16.0.0/12", "10.0.0.0/16", "not a network"]},
                {
                    f"{_DATABASE}/database": "ingress 0 lets 172.16.0.0/12, not a network at a database "
                    "port, which is no network of the platform"
                },
            ),
            "strangers at every port": (
                {_IN: {"protocol": "-1", "cidr_blocks": ["172.16.0.0/12"]}},
                {
                    f"{_DATABASE}/database": "ingress 0 lets 172.16.0.0/12 at a database port, "
                    "which is no network of the platform"
                },
            ),
            "everybody at the database": (
                {f"{_IN} cidr_blocks": ["0.0.0.0/0"]},
                {f"{_DATABASE}/database": "ingress 0 lets everybody in"},
            ),
            "another port of the load balancer": (
                {f"{_SERVICE} aws_security_group door ingress 0 to_port": 8443},
                {f"{_SERVICE}/door": "ingress 0 opens tcp 443 to 8443 to the world"},
            ),
            "everything out": (
                {f"{_SERVICE} aws_security_group door egress 0": {**_TO_THE_WORLD, "protocol": "all"}},
                {f"{_SERVICE}/door": "egress 0 opens all 443 to 443 to the world"},
            ),
            "a rule beside a group": (
                {
                    f"{_SERVICE} aws_vpc_security_group_ingress_rule secure security_group_id": ref(
                        "aws_security_group.inside.id"
                    )
                },
                {f"{_SERVICE}/secure": "lets everybody in"},
            ),
        },
        fine={
            "another port from a stranger": {_IN: {**_TO_THE_WORLD, "cidr_blocks": ["172.16.0.0/12"]}},
            "port 80 at the door": {
                f"{_SERVICE} aws_security_group door ingress 0": {
                    **_TO_THE_WORLD,
                    "from_port": 80,
                    "to_port": 80,
                }
            },
        },
    ),
    Example(
        check="RS05",
        right=_SAME,
        judged=_JUDGED,
        wrong={
            "another region's group": (
                {
                    "eu-west-1/service aws_security_group group ingress security_groups": [
                        out("us-east-1/service", "group")
                    ]
                },
                {"eu-west-1/service/group": "us-east-1/service/group is not in eu-west-1"},
            ),
            "a group that is not there": (
                {"eu-west-1/service aws_security_group own": GONE},
                {"eu-west-1/service/group": "${aws_security_group.own.id} leads to nothing"},
            ),
        },
    ),
]
