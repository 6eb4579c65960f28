"""What the operations on every system share: look, ask, start an execution, watch it, say how it ended."""
