"""The move to another region, as operators carry it out: `invoke migrate.start`, `migrate.status`, ..."""
