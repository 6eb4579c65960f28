"""A platform with a standby, rehearsed: moved as planned, lost, failed over, and brought back."""
