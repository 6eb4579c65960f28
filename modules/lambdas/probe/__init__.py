"""Answers Route 53's health checkers for its region: 200 when it is well, 503 when not."""
