"""DMS: the instance, the endpoints, and a task in each direction."""
