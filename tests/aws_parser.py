"""Asks the AWS CLI whether it understands command lines, without a server.

Run by the interpreter of the CLI's own environment (`tests.tools.understood`), so it imports nothing of
ours. stdin: a JSON array of command lines (each an array of words without `aws`); stdout: a JSON array
of the same length: null for a line that would be sent, otherwise what is wrong with it.

Each line goes through the CLI's own parser and botocore's validation of the parameters. Where the request
would go out, the answer is made from the service's model instead, every list with one element, and
`--query` is applied to it: a field that the answer does not have gives nothing.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys

# what an answer says when there is a next page
_PAGES = ("NextToken", "nextToken", "Marker", "NextMarker", "IsTruncated", "NextRecordName")
_COMPARED = re.compile(r"\[\?(?:starts_with\()?([\w.]+)(?:\s*==|,)[^]]*]")


# One for all lines: reading the services' models takes longest.
_LOADERS: list = []


def _share_models(session):
    if _LOADERS:
        session.register_component("data_loader", _LOADERS[0])
    else:
        _LOADERS.append(session.get_component("data_loader"))


class Sent(Exception):
    """A waiter's request would have gone out, and it would ask again until the answer changes."""


class Line:
    """One command line."""

    def __init__(self, words):
        # a filter finds nothing in an answer that is made up: what it compares is looked at instead
        self.words = [_COMPARED.sub(r"[?\1]", word) for word in words]
        self.waits = "wait" in words[:2]
        self.sent = []

    def answer(self, model, **_):
        from awscli.botocore.utils import ArgumentGenerator

        self.sent.append(model.name)
        if self.waits:
            raise Sent
        shape = model.output_shape
        made = ArgumentGenerator(use_member_names=True).generate_skeleton(shape) if shape else {}
        for page in _PAGES:
            made.pop(page, None)
        # the CLI has times as texts
        made = json.loads(json.dumps(made, default=str))
        if model.has_streaming_output:
            made[shape.serialization["payload"]] = io.BytesIO()
        return type("Response", (), {"status_code": 200, "headers": {}})(), made

    def run(self):
        """Return the exit code, stdout and stderr."""
        from awscli.clidriver import create_clidriver

        said, shown = io.StringIO(), io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(shown):
            driver = create_clidriver()
            _share_models(driver.session)
            driver.session.get_component("event_emitter").register("before-call", self.answer)
            try:
                code = driver.main(self.words)
            except SystemExit as ended:
                code = ended.code
        return code, shown.getvalue().strip(), said.getvalue().strip()

    def problem(self):
        code, shown, said = self.run()
        if self.waits and self.sent:
            return None
        if code != 0 or len(self.sent) != 1:
            return said or f"exit code {code}, sent: {self.sent}"
        if "--query" in self.words and shown in ("", "None", "null", "[]"):
            return f"the answer of {self.sent[0]} has no {self.words[self.words.index('--query') + 1]}"
        return None


if __name__ == "__main__":
    os.environ.update(AWS_ACCESS_KEY_ID="nobody", AWS_SECRET_ACCESS_KEY="nothing", AWS_PAGER="")
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(AWS_DEFAULT_OUTPUT="text")
    json.dump([Line(words).problem() for words in json.load(sys.stdin)], sys.stdout)
