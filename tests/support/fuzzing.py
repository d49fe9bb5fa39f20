"""What schemathesis is told beyond the OpenAPI document: our formats, and how far data that fits it may be refused.

Loaded by its process, never by a test; tests/proof/test_schemathesis.py names it in the configuration it writes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import positive_data_acceptance

_A_ROW = "names a row that exists, is within reach and fits"
_TWO_VALUES = "compares two values, one of which may be in the row already"
_THE_ROW = "depends on the row as it is"

BEYOND_A_SCHEMA = {
    "bad-zone": "the zones are those of the installed time zone database",
    "broken-text": "what is free JSON may be refused for a NUL however deep in it",
    "mobile.tus-header": "what its base64 says is no pattern",
    "core.too-large": "an upload takes no more than was announced; a body that is JSON is never that large here",
    "core.file-hash": "compares what is sent with its hash",
    "core.file-type": "looks at the bytes, and at what stands in base64",
    "core.bad-cursor": "a cursor is a text that the server has sealed",
    "accounts.birth-year-range": "moves with today's year",
    "accounts.password-characters": "which characters Unicode has assigned changes with each of its editions",
    "accounts.password-common": "the well-known passwords are a list",
    "accounts.password-has-name": "compares with the user name",
    "accounts.unit-parent": _A_ROW,
    "accounts.unknown-assignment": _A_ROW,
    "approvals.days-reversed": _TWO_VALUES,
    "approvals.no-approver": _THE_ROW,
    "approvals.no-route": _THE_ROW,
    "approvals.person-unknown": _A_ROW,
    "approvals.stand-in-unfit": _A_ROW,
    "approvals.topic-unknown": "which topics there are is said by the areas that have something to approve",
    "approvals.unit-unknown": _A_ROW,
    "customers.day-in-future": "moves with today",
    "customers.deleted": _THE_ROW,
    "customers.import-column-twice": _TWO_VALUES,
    "customers.import-name-column": _TWO_VALUES,
    "customers.merged": _THE_ROW,
    "customers.import-empty": "looks at the bytes of a file",
    "customers.import-unreadable": "looks at the bytes of a file",
    "customers.attachment-elsewhere": _A_ROW,
    "customers.mention-unseen": _A_ROW,
    "customers.mail-invalid": "which addresses can be mailed to is more than a pattern says",
    "customers.merge-unknown-field": "which fields there are is said by the collection",
    "fieldwork.activity-type-unknown": _A_ROW,
    "fieldwork.people-invalid": _A_ROW,
    "fieldwork.person-unknown": _A_ROW,
    "fieldwork.place-impossible": _TWO_VALUES,
    "fieldwork.repeat-invalid": _TWO_VALUES,
    "customers.funnel-stage-unknown": _A_ROW,
    "customers.id-number-invalid": "has a check digit",
    "customers.merge-with-himself": _TWO_VALUES,
    "customers.name-required": "asks for a letter or digit of any script, a class that JSON Schema's patterns do not have",
    "customers.new-owner-unfit": _A_ROW,
    "customers.phone-invalid": "which numbers are complete is a table of numbering plans",
    "customers.project-unknown": _A_ROW,
    "customers.contact-elsewhere": _A_ROW,
    "customers.reason-required": "asks for something that shows, a class that JSON Schema's patterns do not have",
    "customers.received-in-future": "moves with now",
    "customers.reply-elsewhere": _A_ROW,
    "customers.stage-from-dead": _THE_ROW,
    "customers.text-required": "asks for something that shows, a class that JSON Schema's patterns do not have",
    "expenses.event-missing": _THE_ROW,
    "expenses.key-value-missing": _THE_ROW,
    "expenses.lines-missing": _THE_ROW,
    "expenses.lines-too-many": _THE_ROW,
    "expenses.mixed-currencies": _A_ROW,
    "expenses.progress-missing": _THE_ROW,
    "expenses.record-missing": _THE_ROW,
    "expenses.spent-in-future": "moves with today",
    "fieldwork.assignee-unknown": _A_ROW,
    "membership.host-unfit": _A_ROW,
    "membership.uid-not-chip": _TWO_VALUES,
    "fieldwork.department-unknown": _A_ROW,
    "fieldwork.reader-unknown": _A_ROW,
    "fieldwork.end-before-start": _TWO_VALUES,
    "fieldwork.follow-up-without-customer": _THE_ROW,
    "fieldwork.other-plan": _A_ROW,
    "fieldwork.plan-day-fixed": _THE_ROW,
    "notifications.endpoint-refused": "the hosts of push services are a list, which the operator may add to",
    "notifications.keys-refused": "a point has to be on its curve",
}
"""Code of a problem or field fault → why JSON Schema cannot say that rule. Whatever else refuses data that fits the
document is a finding. A server error and an answer that is not declared are findings always."""

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "UTC")
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@schemathesis.check
def data_that_fits_is_accepted(ctx: Any, response: Any, case: Any) -> None:
    """positive_data_acceptance, but for refusals with no other reasons than those of BEYOND_A_SCHEMA.

    And but for 1.0, which JSON Schema counts among the integers; here a whole number is written without a point.
    """
    try:
        positive_data_acceptance(ctx, response, case)
    except RejectedPositiveData:
        is_beyond = response.status_code in (400, 410, 413, 422) and _reasons(response.json()) <= BEYOND_A_SCHEMA.keys()
        if not is_beyond and not _has_whole_fraction(case.body):
            raise


def _reasons(problem: dict[str, Any]) -> set[str]:
    return {fault["code"] for fault in problem["errors"]} or {problem["code"]}


def _has_whole_fraction(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_whole_fraction(each) for each in value.values())
    if isinstance(value, list):
        return any(_has_whole_fraction(each) for each in value)
    return isinstance(value, float) and value.is_integer()


def _instants() -> st.SearchStrategy[str]:
    inside = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC) | _OFFSETS)  # noqa: DTZ001
    return inside.map(datetime.isoformat)


# Its own strategies draw from all years and all versions of UUID; nearly nothing would be left within our patterns.
schemathesis.openapi.format("date-time", _instants())
schemathesis.openapi.format("date", st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat))
schemathesis.openapi.format("uuid", st.uuids(version=4).map(str))
schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
