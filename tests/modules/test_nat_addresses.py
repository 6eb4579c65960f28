from modules.nat_addresses import NatAddresses, NatAddressesInputs
from tests.synthesized import small


def test_each_gateways_address_is_looked_up():
    made = []
    inputs = NatAddressesInputs(nat_gateway_ids=("nat-a", "nat-b"))
    document = small(lambda stack: made.append(NatAddresses(stack, "addresses", inputs)))
    gateways = document.all("aws_nat_gateway", section="data")
    assert [gateway["id"] for gateway in gateways.values()] == ["nat-a", "nat-b"]
    assert len(made[0].outputs.cidrs) == 2
    assert all(cidr.endswith("/32") for cidr in made[0].outputs.cidrs)
