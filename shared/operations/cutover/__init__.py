"""The cutover of the database, as operators carry it out: `invoke cutover.assess`, `cutover.start`, ..."""
