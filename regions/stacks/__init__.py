"""One stack class a file: composes modules, publishes its contract."""
