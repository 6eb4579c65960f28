import pytest

from modules.weighted_records import INITIAL_WEIGHTS, Side, WeightedRecords, WeightedRecordsInputs
from tests.synthesized import small


def side(identifier, weight):
    return Side(set_identifier=identifier, dns_name="alb.aws", zone_id="Z2", initial_weight=weight)


def inputs(*sides):
    return WeightedRecordsInputs(zone_id="Z1", record_name="api.example.com", sides=sides)


def test_minimal_one_side_takes_everything():
    document = small(lambda stack: WeightedRecords(stack, "records", inputs(side("only", 1))))
    assert document.one("aws_route53_record")["weighted_routing_policy"] == {"weight": 1}


def test_maximum_each_side_has_a_record_of_its_own():
    sides = (side("one", 0), side("two", 255), side("three", 7))
    document = small(lambda stack: WeightedRecords(stack, "records", inputs(*sides)))
    weights = {
        record["set_identifier"]: record["weighted_routing_policy"]["weight"]
        for record in document.all("aws_route53_record").values()
    }
    assert weights == {"one": 0, "two": 255, "three": 7}


def test_sides_that_cannot_be_told_apart_are_refused():
    with pytest.raises(ValueError, match=r"set identifiers must differ: \['one', 'one'\]"):
        inputs(side("one", 100), side("one", 0))


def test_weights_of_zero_on_every_side_are_refused():
    with pytest.raises(ValueError, match="with every weight 0, Route 53 answers as if all were equal"):
        inputs(side("one", 0), side("two", 0))


def test_a_move_begins_with_everything_at_the_source():
    assert INITIAL_WEIGHTS == {"source": 100, "target": 0}
