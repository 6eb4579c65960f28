"""Moves the database's writer, pauses and resumes writes at the load balancers, writes the canary."""
