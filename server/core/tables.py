"""The tables of core that are not rows for people: clock, feed, ledger, enrolments, events, directory."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server.core.rows import metadata
from server.core.types import Id, Instant

ORG_DIRECTORY = Table(
    "org_directory",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("code", String(40), nullable=False),
    PrimaryKeyConstraint("org_id"),
    UniqueConstraint("code"),
    info={"global": "finds the organisation of a sign-in, before any tenant is known; holds nothing else"},
)

ORG_CLOCKS = Table(
    "org_clocks",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("feed_head", BigInteger, nullable=False),
    Column("event_n", BigInteger, nullable=False),
    Column("event_hash", String(64), nullable=False),
    Column("access_version", BigInteger, nullable=False),
    Column("epoch", Id(), nullable=False),
    PrimaryKeyConstraint("org_id"),
    comment="one row an organisation; its lock, taken last before commit, makes feed order commit order",
)

FEED = Table(
    "feed",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("bucket", String(90), nullable=False),
    Column("collection", String(40), nullable=False),
    Column("row_id", Id(), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("put", Boolean, nullable=False),
    Column("row_version", BigInteger, nullable=False),
    PrimaryKeyConstraint("org_id", "bucket", "collection", "row_id"),
    Index("ix_feed_seq", "org_id", "bucket", "seq", "put", "row_version", "collection", "row_id"),
    sqlite_with_rowid=False,
    comment="the latest change of each row in each bucket, without its data",
)

ENROLMENTS = Table(
    "enrolments",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("id", Id(), nullable=False),
    Column("user_id", Id(), nullable=False),
    Column("device_id", Id(), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("last_n", BigInteger, nullable=False),
    Column("created_at", Instant(), nullable=False),
    Column("exchanged_at", Instant(), nullable=True),
    Column("clock_behind_ms", BigInteger, nullable=True),
    Column("contact_at", Instant(), nullable=True),
    Column("contact_behind_ms", BigInteger, nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "device_id", "user_id", "incarnation"),
    comment="(installation, user, incarnation); its row is locked while one of its pushes is applied. What its clock was "
    "behind the server's at its last exchange, and at the last one of the contact before (server/core/clock.py)",
)

LEDGER = Table(
    "ledger",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("enrolment_id", Id(), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("verdict", Text, nullable=False),
    PrimaryKeyConstraint("org_id", "enrolment_id", "n"),
    ForeignKeyConstraint(["org_id", "enrolment_id"], ["enrolments.org_id", "enrolments.id"]),
    sqlite_with_rowid=False,
    comment="one verdict for each operation ever acknowledged; never purged",
)

EVENTS = Table(
    "events",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", Id(), nullable=False),
    Column("name", String(80), nullable=False),
    Column("subject_id", Id(), nullable=True),
    Column("body", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("org_id", "n"),
    UniqueConstraint("org_id", "previous_hash"),
    Index("ix_events_subject", "org_id", "subject_id", "n"),
    info={"append_only": True},
    comment="facts; append-only, numbered and hash-chained per organisation",
)

JOBS = Table(
    "jobs",
    metadata,
    Column("org_id", Id(), nullable=False),
    Column("id", Id(), nullable=False),
    Column("kind", String(80), nullable=False),
    Column("payload", Text, nullable=False),
    Column("dedupe_key", String(200), nullable=True),
    Column("owner_id", Id(), nullable=False),
    Column("state", String(20), nullable=False),
    Column("due_at", Instant(), nullable=False),
    Column("valid_until", Instant(), nullable=True),
    Column("lease_until", Instant(), nullable=True),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("progress_done", BigInteger, nullable=False),
    Column("progress_total", BigInteger, nullable=True),
    Column("cancel_requested", Boolean, nullable=False),
    Column("result", Text, nullable=True),
    Column("problem", Text, nullable=True),
    Column("created_at", Instant(), nullable=False),
    Column("settled_at", Instant(), nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "dedupe_key"),
    CheckConstraint("state IN ('waiting','leased','done','failed','cancelled','dead')", name="state"),
    Index("ix_jobs_due", "org_id", "state", "due_at"),
    comment="work; leased, fenced, retried, with progress, cancel and result",
)
