"""Decides where an execution of the migration begins, from what there is; changes nothing."""
