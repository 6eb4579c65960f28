"""The system `database-migration`: one app, of the region that the database comes to."""
