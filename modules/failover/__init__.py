"""What the failover is carried out with: its function, its state machine, its checkpoint."""
