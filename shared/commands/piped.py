"""What people read in a file or in a pipeline's log: nothing wraps, whatever COLUMNS says."""

from __future__ import annotations

import re
from typing import IO, Any, cast

from rich.console import Console
from rich.rule import Rule

#: Columns of a line that is drawn; nothing else has a limit.
RULE_WIDTH = 140
_NO_LIMIT = 100_000
_PADDING = re.compile(r" +(?=\n)")


class Piped(Console):
    """A console whose lines are as long as what is in them."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(file=cast("IO[str]", _Trimmed(stream)), width=_NO_LIMIT)

    def rule(self, title: Any = "", **options: Any) -> None:
        """Draw a line that ends."""
        self.print(Rule(title=title, **options), width=RULE_WIDTH)


class _Trimmed:
    """A stream that leaves out blanks at the ends of lines: the cells of tables are padded with them."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text without them."""
        return self._stream.write(_PADDING.sub("", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
