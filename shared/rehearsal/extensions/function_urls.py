"""Lambda function URLs: `https://ID.lambda-url.REGION.on.aws/` runs the function and answers what it says.

moto 5.2.5 keeps a URL's configuration (without the `/` at its end, with another word for `BUFFERED`, and
without a change of it) and serves nothing. Here requests with such a host are served: to 127.0.0.1 and
this server's port, by HTTP, as nobody has AWS's certificate.

AWS: Lambda developer guide, "Invoking Lambda function URLs" (payload 2.0, how an answer is read; a
function that fails is 502) and "Control access to Lambda function URLs" (since October 2025 a URL with
`NONE` needs two permissions for everybody: `lambda:InvokeFunctionUrl`, and `lambda:InvokeFunction` with
`lambda:InvokedViaFunctionUrl`; without both it answers 403).
Not emulated: CORS, streamed answers, aliases, who signed a request to a URL with `AWS_IAM`.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.models import FunctionUrlConfig, LambdaFunction
from moto.awslambda.utils import get_backend
from moto.awslambda_simple.models import lambda_simple_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from shared.rehearsal.extensions import function_url_metrics
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.lambda_python import run

_init = FunctionUrlConfig.__init__
_create_url_config = LambdaFunction.create_url_config

HOST = re.compile(r"^(?P<id>[0-9a-z]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws$")
_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller asks a URL for."""

    host: str
    """As HOST says."""
    path: str = "/"
    method: str = "GET"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """With small letters."""
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What it gets."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


def install() -> None:
    """Keep the configuration as AWS does, and serve the hosts."""
    FunctionUrlConfig.__init__ = init
    FunctionUrlConfig.update = update
    LambdaFunction.create_url_config = create_url_config
    answer = DomainDispatcherApplication.__call__

    def call(self: DomainDispatcherApplication, environ: dict[str, Any], start_response: Any) -> Any:
        if HOST.match(_host(environ)):
            return serve(environ, start_response)
        return answer(self, environ, start_response)

    DomainDispatcherApplication.__call__ = call


def init(self: FunctionUrlConfig, function: LambdaFunction, config: dict[str, Any]) -> None:
    """Make a URL."""
    _init(self, function, {"InvokeMode": "BUFFERED", **config})
    self.url += "/"


def update(self: FunctionUrlConfig, new_config: dict[str, Any]) -> None:
    """Change what is given."""
    self.config.update(
        {name: new_config[name] for name in ("AuthType", "Cors", "InvokeMode") if name in new_config}
    )


def create_url_config(self: LambdaFunction, config: dict[str, Any]) -> FunctionUrlConfig:
    """Make the function's only URL."""
    if self.url_config:
        raise Fault("ResourceConflictException", "Failed to create function url config: it exists already")
    return _create_url_config(self, config)


def _host(environ: dict[str, Any]) -> str:
    return str(environ.get("HTTP_HOST", "")).partition(":")[0]


def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve a request to a URL."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    answer = ask(
        Request(
            host=_host(environ),
            path=str(environ.get("PATH_INFO") or "/"),
            method=str(environ["REQUEST_METHOD"]),
            query=str(environ.get("QUERY_STRING", "")),
            headers=headers,
            body=environ["wsgi.input"].read(length),
        )
    )
    listed = [*answer.headers.items(), *(("set-cookie", cookie) for cookie in answer.cookies)]
    start_response(f"{answer.status} -", [*listed, ("content-length", str(len(answer.body)))])
    return [answer.body]


def ask(request: Request) -> Answer:
    """Run the function behind a URL, if the caller may, return what the URL answers, and count it."""
    function = _function(request.host)
    if function is None:
        return _said(403, _FORBIDDEN)
    began = time.monotonic()
    answer = _answered(function, request)
    function_url_metrics.count(function, answer.status, time.monotonic() - began)
    return answer


def _answered(function: LambdaFunction, request: Request) -> Answer:
    if not _may(function, request):
        return _said(403, _FORBIDDEN)
    number = str(uuid.uuid4())
    done, _ = run(function, _event(function, request, number), number)
    return _said(502, "Internal Server Error") if "error" in done else _answer(done["result"])


def _said(status: int, message: str) -> Answer:
    return Answer(status=status, headers=_JSON, body=json.dumps({"Message": message}).encode())


def _function(host: str) -> LambdaFunction | None:
    region = host.split(".")[2]
    for account in list(lambda_simple_backends):
        for function in get_backend(account, region).list_functions():
            if function.url_config and function.url_config.url == f"https://{host}/":
                return function
    return None


def _may(function: LambdaFunction, request: Request) -> bool:
    kind = function.url_config.config["AuthType"]
    if kind == "AWS_IAM":
        return request.headers.get("authorization", "").startswith("AWS4-")
    return _allows(
        function, "lambda:InvokeFunctionUrl", {("StringEquals", "FunctionUrlAuthType"): kind}
    ) and (_allows(function, "lambda:InvokeFunction", {("Bool", "InvokedViaFunctionUrl"): "true"}))


def _allows(function: LambdaFunction, action: str, true: dict[tuple[str, str], str]) -> bool:
    """Say whether everybody may do something, when these conditions are the ones that are met."""
    for statement in function.policy.statements:
        asked = {
            (operator, name.removeprefix("lambda:")): value
            for operator, values in statement.get("Condition", {}).items()
            for name, value in values.items()
        }
        everybody = statement["Principal"] in ("*", {"AWS": "*"})
        if everybody and statement["Action"] == action and asked.items() <= true.items():
            return True
    return False


def _event(function: LambdaFunction, request: Request, number: str) -> dict[str, Any]:
    text, encoded = _text(request.body)
    query = [pair.partition("=") for pair in request.query.split("&") if pair]
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": request.headers,
        **({"queryStringParameters": {name: value for name, _, value in query}} if query else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": request.host.partition(".")[0],
            "domainName": request.host,
            "domainPrefix": request.host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": number,
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        **({"body": text} if request.body else {}),
        "isBase64Encoded": encoded,
    }


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _answer(result: Any) -> Answer:
    """Read a function's answer: a document with a status code, or anything else as JSON."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Answer(status=200, headers=_JSON, body=json.dumps(result).encode())
    body = result.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(
        status=int(result["statusCode"]),
        headers={
            **_JSON,
            **{str(name).lower(): str(value) for name, value in result.get("headers", {}).items()},
        },
        body=base64.b64decode(text) if result.get("isBase64Encoded") else text.encode(),
        cookies=tuple(result.get("cookies", ())),
    )
