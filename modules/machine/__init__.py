"""The state machine that carries the migration out, built by pure functions from typed inputs.

`definition.definition(inputs)` returns the Amazon States Language document. Each of the other files
is one part of it: how an execution begins, the traffic shift, the gate, the switchover, the rollback.
"""
