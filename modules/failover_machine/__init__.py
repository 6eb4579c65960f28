"""The state machine that fails over, switches over and fails back, built by pure functions from typed inputs.

`definition.definition(inputs)` returns the Amazon States Language document. The single states are built
with `modules.machine.states`; each file here is a part of the way: how an execution begins, the traffic,
the writer, the intents, the end.
"""
