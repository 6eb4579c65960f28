"""What the migration is carried out with: its functions, its state machine, its parameters."""
