"""What every test of the site may use, and which of them depend on the database."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush

from carreau.site.audit.append_only import guarded

ON_BOTH = {
    "test_rights.py::test_every_query_is_understood": "each query of each view",
    "test_locks.py": "row locks",
    "test_migrations.py": "schema",
    "accounts/test_links.py": "races for a link",
    "accounts/test_organisations.py": "constraints, locks",
    "accounts/test_postal_addresses.py": "constraints",
    "accounts/test_representing.py": "constraints, locks",
    "applications/test_application_erasure.py": "cascades",
    "applications/test_why.py": "constraints, triggers",
    "applications/test_why_at_once.py": "races",
    "audit/test_append_only.py": "triggers",
    "audit/test_audited.py": "bulk changes, JSON",
    "audit/test_canary.py": "what is written to the database, byte by byte",
    "audit/test_chain.py": "JSON, numbers of rows",
    "audit/test_erasure.py": "two databases that fail in turn",
    "audit/test_every_model.py": "JSON",
    "audit/test_log_pages.py": "search in JSON and in time",
    "audit/test_retention.py": "arithmetic with dates",
    "bridge/test_bridge_work.py": "transactions",
    "bridge/test_importing_register.py": "bulk changes",
    "bridge/test_loading.py": "bulk changes, constraints",
    "bridge/test_refused_registers.py": "transactions",
    "commissions/test_at_once.py": "races, transactions",
    "commissions/test_offers.py": "constraints",
    "commissions/test_pages_of_commissions.py": "aggregates, subqueries",
    "commissions/test_what_a_territory_is_told.py": "aggregates",
    "homes/test_home_pages.py": "search, order",
    "jobs/test_job_pages.py": "order",
    "jobs/test_job_states.py": "constraints",
    "jobs/test_job_work.py": "row locks, races",
    "jobs/test_keeping.py": "arithmetic with times",
    "keyring/test_keys.py": "constraints, races",
    "maps/test_map_successive.py": "transactions",
    "operations/test_requests.py": "a database that is gone",
    "operations/test_workers.py::test_a_worker_killed_in_the_middle_loses_nothing": "leases of jobs",
    "operations/test_workers.py::test_two_workers_and_fifty_jobs_each_run_once": "row locks",
    "oversight/test_draws.py": "triggers, constraints",
    "oversight/test_oversight_as_jobs.py": "transactions",
    "oversight/test_runs.py": "transactions",
    "oversight/test_treatment_accounts.py": "transactions",
}
"""The files, or tests, of this folder that `make test` runs on PostgreSQL too, and what they ask of a database.

`make test-all` runs all of them on both.
"""

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what depends on the database with `both_databases`."""
    for item in items:
        if item.path.is_relative_to(HERE):
            file = item.path.relative_to(HERE).as_posix()
            if file in ON_BOTH or f"{file}::{getattr(item, 'originalname', item.name)}" in ON_BOTH:
                item.add_marker("both_databases")


empty_tables = flush.sql_flush


def lifted(style: Any, connection: Any, *args: Any, **options: Any) -> list[str]:
    """Between two tests that commit, Django empties every table: the triggers that refuse it are lifted meanwhile."""
    asked: list[str] = empty_tables(style, connection, *args, **options)
    if "audit_entry" not in connection.introspection.table_names():
        return asked
    before = [one for step in guarded() for one in step.lift(connection.vendor)]
    after = [one for step in guarded() for one in step.lay(connection.vendor)]
    return [*before, *asked, *after]


flush.sql_flush = lifted
