"""What is asked of an execution is what its function takes."""

from __future__ import annotations

from modules.lambdas.failover.request import parse
from shared.operations.recovery.request import Request


def problems(reason: str) -> list[str]:
    found = [problem.what for problem in Request(reason=reason).problems()]
    refused = parse(Request(reason=reason).document("failover", "arn:aws:iam::1:user/x"))[1]
    assert len(refused) == len(found)
    return found


def test_a_reason_is_measured_and_looked_through_as_the_function_does() -> None:
    assert problems("€" * 166) == []
    assert problems("€" * 167) == ["it has 501 bytes; at most 500 are taken"]
    assert problems("{{x}}") == ["two braces {{ cannot be written down: Parameter Store refuses them"]


def test_who_asks_fits_in_whatever_path_he_has() -> None:
    long = f"arn:aws:iam::123456789012:user/{'ü' * 300}"
    document = Request().document("failover", long)
    assert long.startswith(document["requested_by"])
    assert parse(document)[1] == []
