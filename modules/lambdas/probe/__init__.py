"""Says whether a region serves: 200 or 503 to Route 53's health checkers, more as metrics on a schedule."""
