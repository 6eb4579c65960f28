"""Two PostgreSQL servers on this machine: the one of the data centre, and the one that stands for Aurora."""
