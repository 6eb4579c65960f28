"""The cutover of a database: the write name, what moves it, and what is watched."""
