"""What may cross a stack's border."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass

import pytest

from shared import contracts
from shared.contracts import Contract, Database, Domain, Foundation, PrimaryDatabase


def test_each_field_is_an_output_of_a_terraform_type():
    assert Foundation.schema()["vpc_id"] == "string"
    assert Foundation.schema()["public_subnet_ids"] == "list(string)"
    assert Domain.schema()["certificate_arns"] == "map(string)"


def test_the_order_is_that_of_the_class():
    assert list(Domain.schema()) == ["route53_zone_id", "name_servers", "record_name", "certificate_arns"]


def test_a_contract_that_extends_another_publishes_its_fields_too():
    assert Database.schema().items() <= PrimaryDatabase.schema().items()
    assert set(PrimaryDatabase.schema()) - set(Database.schema()) == {
        "global_cluster_identifier",
        "global_writer_endpoint",
        "engine_version",
    }


@pytest.mark.parametrize("kind", [int, list[str], tuple[int, ...], Mapping[str, int], str | None])
def test_a_field_of_another_type_is_refused(kind):
    bad = dataclass(frozen=True, kw_only=True)(type("Bad", (Contract,), {"__annotations__": {"size": kind}}))
    with pytest.raises(TypeError, match=r"Bad\.size: .* cannot cross a stack's border"):
        bad.schema()


def test_every_contract_can_be_published():
    kinds = [
        kind for kind in vars(contracts).values() if isinstance(kind, type) and issubclass(kind, Contract)
    ]
    assert len(kinds) >= 8
    for kind in kinds:
        assert set(kind.schema().values()) <= {"string", "list(string)", "map(string)"}


def test_what_was_published_does_not_change():
    domain = Domain(route53_zone_id="Z", name_servers=("ns",), record_name="api", certificate_arns={})
    with pytest.raises(FrozenInstanceError):
        domain.record_name = "other"
