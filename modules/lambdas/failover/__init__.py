"""What the failover's state machine does: looks, pins, moves the writer, proves a write."""
