"""A request that another one disturbs is answered anew."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import BackendRequest

from shared.rehearsal.extensions import disturbed_requests

TARGET = "X-Amz-Target"


class Groups:
    """Something that is gone through while it changes, the first so many times."""

    def __init__(self, disturbances: int) -> None:
        self.disturbances, self.calls = disturbances, 0

    def __call__(self, _request: Any, _url: str, _headers: Any) -> tuple[int, dict[str, str], str]:
        self.calls += 1
        groups = {"a": 1, "b": 2}
        for name in groups:
            if self.calls <= self.disturbances:
                groups[f"{name} of somebody else"] = 3
        return 200, {}, ",".join(groups)


def answer(
    call: Callable[..., Any], callback: Callable[..., Any], method: str = "POST", **request: Any
) -> bytes:
    app = Flask("embedded")
    app.request_class = BackendRequest
    with app.test_request_context("/", method=method, **request):
        found: bytes = call(convert_to_flask_response(callback)).data
        return found


def test_moto_itself_gives_up() -> None:
    with pytest.raises(RuntimeError, match="changed size during iteration"):
        answer(disturbed_requests._call, Groups(1), "GET")


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("POST", {"headers": {TARGET: "Logs_20140328.DescribeLogGroups"}}),
        ("POST", {"data": {"Action": "ListMetrics", "Version": "2010-08-01"}}),
        ("GET", {"query_string": {"Action": "DescribeVpcs"}}),
        ("GET", {}),
        ("HEAD", {}),
        ("POST", {"headers": {TARGET: "Logs_20140328.CreateLogGroup"}}),
        ("POST", {"data": {"Action": "CreateRole", "Version": "2010-05-08"}}),
        ("PUT", {}),
    ],
)
def test_a_request_is_answered_anew(method: str, request_: dict[str, Any]) -> None:
    groups = Groups(2)
    assert answer(disturbed_requests.call, groups, method, **request_) == b"a,b"
    assert groups.calls == 3


def test_what_is_always_disturbed_ends() -> None:
    groups = Groups(disturbed_requests.ATTEMPTS)
    with pytest.raises(RuntimeError, match="changed size"):
        answer(disturbed_requests.call, groups, "GET")
    assert groups.calls == disturbed_requests.ATTEMPTS


def test_another_failure_is_none_of_this() -> None:
    calls = []

    def fail(*_: Any) -> str:
        calls.append(1)
        raise RuntimeError("no memory during iteration")

    with pytest.raises(RuntimeError, match="no memory"):
        answer(disturbed_requests.call, fail, "GET")
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("collection", "grow"),
    [
        ({1: 1, 2: 2}, lambda found: found.update({3: 3})),
        (OrderedDict({1: 1, 2: 2}), lambda found: found.update({3: 3})),
        ({1, 2}, lambda found: found.add(3)),
        (deque([1, 2]), lambda found: found.append(3)),
    ],
)
def test_it_knows_what_python_says_of_each_collection(collection: Any, grow: Callable[[Any], None]) -> None:
    def disturb() -> None:
        for _ in collection:
            grow(collection)

    with pytest.raises(RuntimeError) as error:
        disturb()
    assert disturbed_requests.is_disturbed(error.value)


def test_the_server_has_it_for_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    # as it was, afterwards: other tests of this process have stock moto
    monkeypatch.setattr(convert_to_flask_response, "__call__", disturbed_requests._call)
    disturbed_requests.install()
    assert convert_to_flask_response.__call__ is disturbed_requests.call
