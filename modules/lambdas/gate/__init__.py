"""Looks at both regions and says pass, fail or inconclusive, with reasons; changes nothing."""
