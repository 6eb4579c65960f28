"""Routes, peering, flow logs."""

from __future__ import annotations

from tests.policy.worlds import GONE, Example, out, ref

_ROUTING = "us-east-1/routing"
_TABLE = {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1", "gateway_id": None}]}
_HERE, _THERE = "us-east-1/routing", "eu-west-1/routing"
_PEERING = {
    "us-east-1/foundation": {
        "aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "output": {"vpc_id": ref("aws_vpc.vpc.id")},
    },
    "eu-west-1/foundation": {
        "aws_vpc": {"vpc": {"cidr_block": "10.1.0.0/16"}},
        "output": {"vpc_id": ref("aws_vpc.vpc.id")},
    },
    _HERE: {
        "aws_vpc_peering_connection": {
            "connection": {
                "vpc_id": out("us-east-1/foundation", "vpc_id"),
                "peer_vpc_id": out("eu-west-1/foundation", "vpc_id"),
                "peer_region": "eu-west-1",
                "requester": {"allow_remote_vpc_dns_resolution": True},
            }
        },
        "aws_internet_gateway": {"door": {}},
        "aws_route_table": {
            "private": {
                "vpc_id": out("us-east-1/foundation", "vpc_id"),
                "route": [{"vpc_peering_connection_id": ref("aws_vpc_peering_connection.connection.id")}],
            },
            "public": {
                "vpc_id": out("us-east-1/foundation", "vpc_id"),
                "route": [{"gateway_id": ref("aws_internet_gateway.door.id")}],
            },
        },
        "output": {"peering_id": ref("aws_vpc_peering_connection.connection.id")},
    },
    _THERE: {
        "aws_vpc_peering_connection_accepter": {
            "accepter": {"vpc_peering_connection_id": out(_HERE, "peering_id"), "auto_accept": True}
        },
        "aws_vpc_peering_connection_options": {
            "options": {
                # as the construct does: it waits for the acceptance
                "vpc_peering_connection_id": ref("aws_vpc_peering_connection_accepter.accepter.id"),
                "accepter": [{"allow_remote_vpc_dns_resolution": True}],
            }
        },
        "aws_route_table": {
            "private": {
                "vpc_id": out("eu-west-1/foundation", "vpc_id"),
                "route": [
                    {"vpc_peering_connection_id": ref("aws_vpc_peering_connection_accepter.accepter.id")}
                ],
            }
        },
    },
}
_CONNECTION = f"{_HERE}/connection"
_FLOW = {
    "us-east-1/foundation": {
        "aws_vpc": {"vpc": {}},
        "aws_flow_log": {
            "flows": {
                "vpc_id": ref("aws_vpc.vpc.id"),
                "traffic_type": "ALL",
                "log_destination": ref("aws_cloudwatch_log_group.flows.arn"),
            }
        },
        "aws_cloudwatch_log_group": {"flows": {}},
    }
}

EXAMPLES = [
    Example(
        check="RS01",
        right={_ROUTING: {"aws_route_table": {"private": _TABLE}}},
        judged=(f"{_ROUTING}/private",),
        wrong={
            "no route": (
                {f"{_ROUTING} aws_route_table private route": []},
                {f"{_ROUTING}/private": "it has no route"},
            ),
            "a route of nulls": (
                {f"{_ROUTING} aws_route_table private route 0": {"cidr_block": None, "gateway_id": ""}},
                {f"{_ROUTING}/private": ("route 0 has no destination", "route 0 has no target")},
            ),
            "a route to nothing": (
                {f"{_ROUTING} aws_route_table private route 0 nat_gateway_id": None},
                {f"{_ROUTING}/private": "route 0 has no target"},
            ),
        },
    ),
    Example(
        check="RS02",
        right={
            _ROUTING: {
                "aws_route_table": {"private": _TABLE, "external": {}},
                "aws_route": {"beside": {"route_table_id": ref("aws_route_table.external.id")}},
            }
        },
        judged=(f"{_ROUTING}/external", f"{_ROUTING}/private"),
        wrong={
            "two owners": (
                {f"{_ROUTING} aws_route beside route_table_id": ref("aws_route_table.private.id")},
                {f"{_ROUTING}/private": f"it has inline routes, and {_ROUTING}/beside adds one"},
            ),
        },
    ),
    Example(
        check="RS04",
        right=_PEERING,
        judged=(_CONNECTION,),
        fine={
            "networks that are known later": {
                "eu-west-1/foundation aws_vpc vpc cidr_block": "${var.cidr}",
            },
            "one region, accepted at once": {
                f"{_HERE} aws_vpc_peering_connection connection peer_region": GONE,
                f"{_HERE} aws_vpc_peering_connection connection auto_accept": True,
            },
        },
        wrong={
            "networks overlap": (
                {"eu-west-1/foundation aws_vpc vpc cidr_block": "10.0.128.0/17"},
                {
                    _CONNECTION: "10.0.0.0/16 of us-east-1/foundation/vpc and 10.0.128.0/17 of "
                    "eu-west-1/foundation/vpc overlap"
                },
            ),
            "nobody accepts": (
                {f"{_THERE} aws_vpc_peering_connection_accepter accepter auto_accept": False},
                {_CONNECTION: "nobody accepts it"},
            ),
            "it cannot accept itself": (
                {f"{_HERE} aws_vpc_peering_connection connection auto_accept": True},
                {_CONNECTION: "a connection to another region cannot accept itself"},
            ),
            "names are not resolved": (
                {
                    f"{_HERE} aws_vpc_peering_connection connection requester": GONE,
                    f"{_THERE} aws_vpc_peering_connection_options": {},
                },
                {
                    _CONNECTION: (
                        "DNS is not resolved for the requester's side",
                        "DNS is not resolved for the accepter's side",
                    )
                },
            ),
            "no way back": (
                {f"{_THERE} aws_route_table private route": [{"nat_gateway_id": "nat-1"}]},
                {_CONNECTION: f"{_THERE}/private has no route through it"},
            ),
            "no table there": (
                {f"{_THERE} aws_route_table": {}},
                {_CONNECTION: "eu-west-1/foundation/vpc has no route table"},
            ),
            "a network that nobody knows": (
                {f"{_HERE} aws_vpc_peering_connection connection vpc_id": "vpc-1"},
                {_CONNECTION: "its VPC is not found"},
            ),
        },
    ),
    Example(
        check="RS18",
        right=_FLOW,
        judged=("us-east-1/foundation/vpc",),
        wrong={
            "no log": (
                {"us-east-1/foundation aws_flow_log": {}},
                {"us-east-1/foundation/vpc": "nothing logs all its flows"},
            ),
            "some flows": (
                {"us-east-1/foundation aws_flow_log flows traffic_type": "REJECT"},
                {"us-east-1/foundation/vpc": "nothing logs all its flows"},
            ),
        },
    ),
]
