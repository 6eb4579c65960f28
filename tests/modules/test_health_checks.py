from modules.health_checks import AddressCheck, AddressCheckInputs, AllOf, AllOfInputs, CheckTiming
from shared.naming import Naming
from tests.synthesized import content, small

NAMING = Naming(suffix="x1")


def address(**changes):
    inputs = {
        "naming": NAMING,
        "purpose": "probe-primary",
        "host": "probe.example.com",
        "path": "/",
        "timing": CheckTiming(request_interval=10, failure_threshold=3),
    }
    return small(lambda stack: AddressCheck(stack, "check", AddressCheckInputs(**(inputs | changes))))


def test_an_address_is_asked_over_https_by_its_name():
    assert content(address().one("aws_route53_health_check")) == {
        "type": "HTTPS",
        "fqdn": "probe.example.com",
        "port": 443,
        "resource_path": "/",
        "enable_sni": True,
        "request_interval": 10,
        "failure_threshold": 3,
        "invert_healthcheck": False,
        "tags": {"Name": "healthcheck-probe-primary-x1"},
    }


def test_an_inverted_check_is_healthy_while_nobody_answers():
    assert address(inverted=True).one("aws_route53_health_check")["invert_healthcheck"] is True


def test_all_of_some_checks_is_healthy_while_every_one_is():
    inputs = AllOfInputs(naming=NAMING, purpose="primary", checks=("one", "two", "three"))
    document = small(lambda stack: AllOf(stack, "check", inputs))
    assert content(document.one("aws_route53_health_check")) == {
        "type": "CALCULATED",
        "child_healthchecks": ["one", "two", "three"],
        "child_health_threshold": 3,
        "tags": {"Name": "healthcheck-primary-x1"},
    }
