"""What a replication task of the embedded DMS does between two PostgreSQL servers; nothing of AWS is in it.

DMS reads a logical slot of the source and applies to the target. So does this, with PostgreSQL's own: the
full load is copied from the snapshot that the slot begins at (no row twice, none missing), the changes come
by a subscription.

Different from DMS: only new tables follow among changes of tables; a large object has no limit; nothing is
marked, so that both directions at once are refused here, where DMS would carry rows in a circle.
"""
