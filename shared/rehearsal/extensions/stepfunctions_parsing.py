"""Step Functions: a definition is parsed once, not for every execution.

moto 5.2.5 parses the definition when a machine is made or changed and whenever an execution starts; the
machine that fails over (52 kB) takes 0.3 to 0.7 s of processor time, in which little else is answered.
Here what was parsed is kept as bytes: each execution has a program of its own still (0.004 s).
"""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import TYPE_CHECKING

from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend import execution_worker

if TYPE_CHECKING:
    from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent

#: Definitions that are kept; a system has one or two.
KEPT = 32


class Parser:
    """Stands for moto's where it validates and where it executes."""

    @staticmethod
    def parse(definition: str) -> tuple[EvalComponent, None]:
        """Return a program; the syntax tree, at which neither looks, is not kept.

        Raises what moto's raises: ASLParserException and, for a state that cannot be, ValueError.
        """
        return pickle.loads(_parsed(definition)), None  # noqa: S301 - what `_parsed` wrote


def install() -> None:
    """Replace the parser in both places."""
    models.AmazonStateLanguageParser = Parser
    execution_worker.AmazonStateLanguageParser = Parser


@lru_cache(KEPT)
def _parsed(definition: str) -> bytes:
    return pickle.dumps(AmazonStateLanguageParser.parse(definition)[0])
