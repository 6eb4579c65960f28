import pytest

from modules.failover_records import FailoverRecords, FailoverRecordsInputs, FailoverSide
from tests.synthesized import content, small


def side(order, identifier):
    return FailoverSide(
        order=order,
        set_identifier=identifier,
        dns_name=f"{identifier}.aws",
        health_check_id=f"check-{identifier}",
    )


def inputs(*sides):
    return FailoverRecordsInputs(zone_id="Z1", record_name="api.example.com", ttl=10, sides=sides)


def test_each_side_is_a_plain_name_with_a_short_life_and_a_health_check():
    document = small(
        lambda stack: FailoverRecords(
            stack, "records", inputs(side("PRIMARY", "one"), side("SECONDARY", "two"))
        )
    )
    records = [content(record) for record in document.all("aws_route53_record").values()]
    assert records == [
        {
            "zone_id": "Z1",
            "name": "api.example.com",
            "type": "CNAME",
            "ttl": 10,
            "records": [f"{name}.aws"],
            "set_identifier": name,
            "failover_routing_policy": {"type": order},
            "health_check_id": f"check-{name}",
        }
        for name, order in (("one", "PRIMARY"), ("two", "SECONDARY"))
    ]


@pytest.mark.parametrize("orders", [("PRIMARY",), ("PRIMARY", "PRIMARY"), ("SECONDARY",), ()])
def test_what_is_no_failover_is_refused(orders):
    with pytest.raises(ValueError, match="a failover has one PRIMARY and one SECONDARY"):
        inputs(*(side(order, str(number)) for number, order in enumerate(orders)))


def test_sides_that_cannot_be_told_apart_are_refused():
    with pytest.raises(ValueError, match=r"set identifiers must differ: \['one', 'one'\]"):
        inputs(side("PRIMARY", "one"), side("SECONDARY", "one"))
