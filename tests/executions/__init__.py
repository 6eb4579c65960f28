"""The migration's machine with its functions, executed for real on the embedded AWS."""
