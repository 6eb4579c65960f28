"""Holds the synthesized Terraform against rules: `invoke check --policy`.

`model` reads the stacks of an environment, `checks/` judges them, `scanner` asks checkov, `exceptions` says
what is wrong on purpose and why. Everything reads the JSON that Terraform will get, so it also finds what
somebody edited into a stack by hand.
"""
