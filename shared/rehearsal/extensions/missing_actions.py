"""What the embedded AWS cannot do is said at once, with the action's name.

moto 5.2.5 answers an action that it lacks, and a crash of its own, with HTTP 500. SDKs take that as
a passing fault: the Terraform provider repeats the request 25 times with growing pauses, so an apply
hangs for minutes and then names neither. Here both answer 400 (which no SDK repeats):
`UnsupportedOperation: the embedded AWS has no rds:CreateBlueGreenDeployment` and
`EmbeddedAwsFault: rds:CreateDBCluster: KeyError('x')`, the latter with its traceback in the log.

AWS has no such answer: this is for people. The format is the protocol's own (moto's serializer).
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from flask import Flask, Response, request
from moto.core.responses import ActionResult, BaseResponse, boto3_service_name
from moto.core.utils import camelcase_to_underscores, get_service_model, method_names_from_class
from moto.moto_server import werkzeug_app
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from shared.rehearsal.extensions.faults import Fault

_call_action = BaseResponse.call_action
_create_backend_app = werkzeug_app.create_backend_app

MISSING = "UnsupportedOperation"
FAULT = "EmbeddedAwsFault"


def install() -> None:
    """Look for the action before it is called, and catch what a handler lets through."""
    BaseResponse.call_action = call_action
    werkzeug_app.create_backend_app = create_backend_app


def call_action(self: BaseResponse) -> Any:
    """Answer an action that the service's class does not have."""
    action = self._get_action()
    if action and camelcase_to_underscores(action) not in method_names_from_class(type(self)):
        return _refusal(self, f"the embedded AWS has no {self.service_name}:{action}")
    try:
        return _call_action(self)
    except NotImplementedError as error:
        return _refusal(self, f"the embedded AWS has only a part of {self.service_name}:{action}: {error}")


def _refusal(response: BaseResponse, message: str) -> Any:
    _log(message)
    _, headers, body = response.serialized(ActionResult(Fault(MISSING, message)))
    return 400, {**headers, "status": 400}, body


def create_backend_app(service: str) -> Flask:
    """Give a service's application a handler for everything that escapes its actions."""
    app: Flask = _create_backend_app(service)

    def answer(error: Exception) -> Any:
        if isinstance(error, HTTPException) and request.url_rule is not None:
            return error
        name = f"{service}:{action_name() or f'{request.method} {request.path}'}"
        if isinstance(error, NotFound | MethodNotAllowed):
            return _answer(service, MISSING, f"the embedded AWS has no {name}")
        _log("".join(traceback.format_exception(error)))
        return _answer(service, FAULT, f"{name}: {error!r}")

    app.register_error_handler(Exception, answer)
    return app


def action_name() -> str | None:
    """Return the action that the request at hand names; None when only its method and path say it."""
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return target or request.values.get("Action") or None


def _answer(service: str, code: str, message: str) -> Response:
    _log(message)
    if "json" in _protocol(service):
        body = json.dumps({"__type": code, "code": code, "message": message})
        return Response(body, 400, {"x-amzn-ErrorType": code}, content_type="application/json")
    text = f"<Code>{code}</Code><Message>{escape(message)}</Message><RequestId>embedded</RequestId>"
    body = {
        "s3": f"<Error>{text}</Error>",
        "ec2": f"<Response><Errors><Error>{text}</Error></Errors></Response>",
    }.get(service, f"<ErrorResponse><Error>{text}</Error></ErrorResponse>")
    return Response(body, 400, content_type="application/xml")


def _protocol(service: str) -> str:
    try:
        return str(get_service_model(boto3_service_name.get(service, service)).metadata["protocol"])
    except UnknownServiceError:  # one of moto's modules that is no service, such as its own API
        return "json"


def _log(message: str) -> None:
    sys.stderr.write(f"embedded AWS: {message}\n")
