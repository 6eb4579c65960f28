"""What a task does with rows, objects, changes of tables and errors: DMS's task settings, as its JSON.

DMS's own defaults log what fails and go on, cut large objects with a warning, and drop in the target what
was dropped in the source. Here nothing is lost in silence: a table is suspended, or the task stops.
"""

from __future__ import annotations

from typing import Any

from modules.replication.endpoints import CONTROL_SCHEMA
from shared.settings.landingsections import ReplicationSettings

_STOP, _SUSPEND = "STOP_TASK", "SUSPEND_TABLE"


def forward(settings: ReplicationSettings) -> dict[str, Any]:
    """Return the settings of the task from the data centre to Aurora."""
    return _settings(settings, batch_apply=settings.batch_apply)


def reverse(settings: ReplicationSettings) -> dict[str, Any]:
    """Return the settings of the way back: one change after the other, whatever the other task does."""
    return _settings(settings, batch_apply=False)


def mappings(settings: ReplicationSettings) -> dict[str, Any]:
    """Return which tables are replicated: all of the schemas, and the rows that show how far it is."""
    tables = {f"schema-{number}": (schema, "%") for number, schema in enumerate(settings.schemas, start=1)}
    if settings.sentinel_table[0] not in settings.schemas:
        tables["sentinel"] = settings.sentinel_table
    return {
        "rules": [
            {
                "rule-type": "selection",
                "rule-id": str(number),
                "rule-name": name,
                "object-locator": {"schema-name": schema, "table-name": table},
                "rule-action": "include",
            }
            for number, (name, (schema, table)) in enumerate(tables.items(), start=1)
        ]
    }


def _settings(settings: ReplicationSettings, *, batch_apply: bool) -> dict[str, Any]:
    limited = settings.lob_mode == "limited"
    document: dict[str, Any] = {
        "TargetMetadata": {
            "SupportLobs": True,
            "FullLobMode": not limited,
            "LimitedSizeLobMode": limited,
            "LobMaxSize": settings.lob_max_kb if limited else 0,
            "LobChunkSize": 64,
            "BatchApplyEnabled": batch_apply,
        },
        "FullLoadSettings": {
            # The schema comes from pg_dump --schema-only: DMS makes no indexes, defaults or sequences.
            "TargetTablePrepMode": "DO_NOTHING",
            # Secondary indexes are made before the changes go on.
            "StopTaskCachedChangesApplied": True,
            "StopTaskCachedChangesNotApplied": False,
            "MaxFullLoadSubTasks": 8,
            "TransactionConsistencyTimeout": 600,
            "CommitRate": 10000,
        },
        # No log group here: a name in the settings makes every plan want a change.
        "Logging": {"EnableLogging": True},
        "ControlTablesSettings": {
            "ControlSchema": CONTROL_SCHEMA,
            "HistoryTableEnabled": True,
            "SuspendedTablesTableEnabled": True,
            "StatusTableEnabled": True,
        },
        "ChangeProcessingTuning": {"BatchApplyPreserveTransaction": True},
        "ChangeProcessingDdlHandlingPolicy": {
            # Who drops a table in the data centre does not drop the payments in Aurora.
            "HandleSourceTableDropped": False,
            "HandleSourceTableTruncated": settings.capture_ddl,
            "HandleSourceTableAltered": settings.capture_ddl,
        },
        "ValidationSettings": {
            "EnableValidation": True,
            "ValidationMode": "ROW_LEVEL",
            "ThreadCount": 5,
            "HandleCollationDiff": True,
            "ValidationPartialLobSize": settings.lob_max_kb if limited else 0,
        },
        "ErrorBehavior": _errors(),
    }
    if settings.loopback_prevention:
        document["LoopbackPreventionSettings"] = {
            "EnableLoopbackPrevention": True,
            "SourceSchema": CONTROL_SCHEMA,
            "TargetSchema": CONTROL_SCHEMA,
        }
    return document


def _errors() -> dict[str, Any]:
    return {
        "FailOnNoTablesCaptured": True,
        "FailOnTransactionConsistencyBreached": True,
        "DataErrorPolicy": _STOP,
        "DataTruncationErrorPolicy": _STOP,
        "DataErrorEscalationPolicy": _STOP,
        "TableErrorPolicy": _SUSPEND,
        "TableErrorEscalationPolicy": _STOP,
        "TableErrorEscalationCount": 1,
        "ApplyErrorDeletePolicy": _STOP,
        "ApplyErrorInsertPolicy": _STOP,
        "ApplyErrorUpdatePolicy": _STOP,
        "ApplyErrorEscalationPolicy": _STOP,
        "ApplyErrorFailOnTruncationDdl": True,
        # Changes made while a table was loaded are applied to rows that have them already; whatever does
        # not fit together in the end is found by the validation.
        "FullLoadIgnoreConflicts": True,
        # For ever: a network that was away for an hour is no reason to begin the full load again.
        "RecoverableErrorCount": -1,
    }
