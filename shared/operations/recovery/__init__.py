"""The database's move to the standby and back, as operators carry it out: `invoke failover.status`, ..."""
