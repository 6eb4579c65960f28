"""A database goes from a data centre to Aurora, back, and over again, while customers pay: rehearsed."""
