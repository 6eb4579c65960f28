"""The region apps and their stacks."""

import modules  # noqa: F401 - installs the lazy bindings before any stack imports one
