"""The constructs. Importing the package installs the lazy bindings, so that no file has to remember it."""

from shared import bindings

bindings.install()
