"""The helper package that the region apps, the modules and the tasks share."""
