"""What the OpenAPI document says of fields with rules is what the rules take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts import passwords, rules
from server.accounts.rules import StaffValues
from server.accounts.schemas.access import RoleIn
from server.accounts.schemas.staff import UserIn
from server.accounts.schemas.structure import ProjectIn
from server.core.access import FUNCTIONS
from server.core.openapi import openapi_document
from server.core.problems import Refused
from tests.server.accounts.company import Company

Judge = Callable[[str], Any]


def fits(about: dict[str, Any], text: str) -> bool:
    pattern = about["pattern"].replace("$", r"\Z")
    within = about.get("minLength", 0) <= len(text) <= about["maxLength"]
    return within and re.search(pattern, text) is not None


def takes(judge: Judge, text: str) -> bool:
    try:
        judge(text)
    except Refused:
        return False
    return True


def staff_number(text: str) -> Any:
    return rules.check_staff(StaffValues(number=text, name="Wang"), today=date(2025, 3, 3))


@pytest.mark.parametrize(
    ("schema", "name", "judge", "alphabet"),
    [
        (UserIn, "number", staff_number, "aZ０9-_"),
        (UserIn, "username", rules.check_username, "aZｚ9.-_"),
        (UserIn, "phone", rules.check_phone, "09５+( -)x"),
        (UserIn, "sender_code", rules.check_sender_code, "09５+"),
        (ProjectIn, "code", rules.check_org_code, "aZｚ9-_"),
    ],
)
@given(data=st.data())
def test_a_text_that_fits_the_document_is_one_that_the_rule_takes(
    data: st.DataObject, schema: type[Any], name: str, judge: Judge, alphabet: str
) -> None:
    text = data.draw(st.text(alphabet, max_size=45))
    # Spaces around it come off before it is judged; the document leaves them unsaid.
    if text == text.strip():
        assert fits(schema().fields[name].metadata, text) == takes(judge, text)


def test_the_document_says_how_long_a_new_password_is() -> None:
    about = UserIn().fields["password"].metadata
    assert (about["minLength"], about["maxLength"]) == (passwords.MIN_LENGTH, passwords.MAX_LENGTH)


def test_a_longer_name_than_rules_take_is_refused_at_the_door() -> None:
    for schema in (UserIn(), RoleIn(), ProjectIn()):
        assert schema.fields["name"].metadata["maxLength"] == rules.NAME_MOST


def test_the_document_lists_the_functions_that_a_role_can_have(company: Company) -> None:
    schemas = openapi_document(company.app)["components"]["schemas"]
    for name in ("RoleIn", "RolePatch"):
        assert schemas[name]["properties"]["functions"]["items"]["enum"] == sorted(FUNCTIONS)
