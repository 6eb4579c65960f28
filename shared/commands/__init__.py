"""What stands between `tasks.py` and the engine: options, consoles, exit codes. Imported late."""
