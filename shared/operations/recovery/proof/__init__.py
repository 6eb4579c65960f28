"""Proves that a failover needs nothing of the home region, beforehand: `invoke doctor --without REGION`."""
