from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from shared.rehearsal import repeats
from shared.rehearsal.repeats import Repeats


class Body:
    """An answer that has to be closed."""

    def __init__(self, text: bytes) -> None:
        self.text, self.closed = text, False

    def __iter__(self) -> Any:
        return iter([self.text[:1], self.text[1:]])

    def close(self) -> None:
        self.closed = True


class Application:
    def __init__(self) -> None:
        self.asked = 0
        self.status = "200 OK"
        self.body: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        start_response(self.status, [("X-Number", str(self.asked))])
        return self.body or [f"{environ['REQUEST_METHOD']} {self.asked}".encode()]


def ask(server: Repeats, invocation: str = "", method: str = "POST") -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    environ = {"REQUEST_METHOD": method} | ({"HTTP_AMZ_SDK_INVOCATION_ID": invocation} if invocation else {})
    body = b"".join(server(environ, lambda status, headers, *_: said.append((status, dict(headers)))))
    return (*said[-1], body)


def test_a_request_that_is_repeated_gets_the_first_answer_and_does_nothing():
    application = Application()
    server = Repeats(application)
    first = ask(server, "a")
    assert first == ("200 OK", {"X-Number": "1"}, b"POST 1")
    assert ask(server, "a") == first
    assert ask(server, "b")[2] == b"POST 2"
    assert application.asked == 2


@pytest.mark.parametrize(("invocation", "method"), [("", "POST"), ("a", "GET"), ("a", "HEAD")])
def test_what_only_reads_or_has_no_name_is_asked_again(invocation: str, method: str):
    application = Application()
    server = Repeats(application)
    ask(server, invocation, method)
    ask(server, invocation, method)
    assert application.asked == 2


def test_what_was_refused_may_be_asked_for_again():
    application = Application()
    server = Repeats(application)
    application.status = "400 BAD REQUEST"
    ask(server, "a")
    application.status = "200 OK"
    assert ask(server, "a")[0] == "200 OK"
    assert application.asked == 2


def test_an_answer_in_parts_is_whole_and_closed():
    application = Application()
    application.body = Body(b"hello")
    server = Repeats(application)
    assert ask(server, "a")[2] == b"hello"
    assert application.body.closed
    assert ask(server, "a")[2] == b"hello"
    assert application.asked == 1


def test_only_the_last_answers_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(repeats, "KEPT", 1)
    application = Application()
    server = Repeats(application)
    ask(server, "a")
    ask(server, "b")
    ask(server, "a")
    assert application.asked == 3
