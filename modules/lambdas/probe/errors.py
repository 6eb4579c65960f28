"""The error of a deep probe whose results could not be put."""

from __future__ import annotations


class ProbeError(Exception):
    """Which call failed, where and why. Lambda counts it as an error of the function."""
