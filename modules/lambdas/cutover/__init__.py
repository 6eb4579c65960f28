"""Moves the write name from the data centre to Aurora, or back, when nothing speaks against it."""
