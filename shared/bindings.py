"""Load the AWS bindings one submodule at a time.

The package's `__init__` imports all 2,139 resource modules, which is 9 of the 11 seconds of a
synth (docs/decisions/0002). Registering the package without running its `__init__` lets
`from cdktf_cdktf_provider_aws.vpc import Vpc` load that one module only.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import types

PACKAGE = "cdktf_cdktf_provider_aws"
#: jsii prints ten lines about Node 20's end of life unless this lists the major version before it starts.
SILENCE = "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"
SILENCED_NODE = "20"


def install() -> None:
    """Register the bindings' package lazily; does nothing when it is there already.

    Raises ModuleNotFoundError when the package is not installed.
    """
    os.environ.setdefault(SILENCE, SILENCED_NODE)
    if PACKAGE in sys.modules:
        return
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed: run `make`", name=PACKAGE)
    package = types.ModuleType(PACKAGE)
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules[PACKAGE] = package
