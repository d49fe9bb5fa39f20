"""Rules of staff, names, units and roles, at their edges. No database."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.rules import (
    BEYOND_OWN_RIGHTS,
    BIRTH_YEAR_RANGE,
    ORG_CODE_FORM,
    PHONE_FORM,
    RESET_OWN,
    ROLE_DEFINING,
    ROLE_SYSTEM,
    SENDER_CODE_FORM,
    STAFF_NUMBER_FORM,
    TEXT_FORM,
    UNIT_CYCLE,
    UNIT_IN_USE,
    UNIT_PARENT,
    USER_DEFAULT,
    USERNAME_FORM,
    Education,
    Gender,
    StaffValues,
    age_by_year,
    check_name,
    check_not_upward,
    check_org_code,
    check_phone,
    check_reset,
    check_role_functions,
    check_role_removal,
    check_sender_code,
    check_staff,
    check_unit_place,
    check_unit_removal,
    check_user_removal,
    check_user_roles,
    check_username,
    spell_sign_in,
)
from server.accounts.scope import Extent, Unit, UnitKind, UnitTree
from server.core.problems import ProblemType, Refused

TODAY = date(2026, 1, 1)
STAFF = StaffValues("S-007", "王丽", Gender.FEMALE, 1990, Education.BACHELOR, title="置业顾问", phone="+8613800138000")


def refused(problem: ProblemType, at: str | None, call: Callable[..., object], *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    assert (caught.value.problem, caught.value.field) == (problem, at)
    assert caught.value.detail("zh") != caught.value.detail("en")
    return caught.value


def test_a_staff_record_is_stored_trimmed_and_narrow() -> None:
    assert check_staff(STAFF, today=TODAY) == STAFF
    typed = dataclasses.replace(
        STAFF, number=" Ｓ-007 ", name="  王\u3000丽 ", title=" 置业顾问\t", phone="+86 (138) 0013-8000"
    )
    assert check_staff(typed, today=TODAY) == dataclasses.replace(STAFF, name="王 丽")
    bare = StaffValues("1", "Li", title=" ", phone="")
    assert check_staff(bare, today=TODAY) == StaffValues("1", "Li")
    assert check_staff(StaffValues("1", "Li"), today=TODAY) == StaffValues("1", "Li")


def test_forms_are_422_states_409_and_rights_403() -> None:
    forms = [TEXT_FORM, STAFF_NUMBER_FORM, BIRTH_YEAR_RANGE, PHONE_FORM, SENDER_CODE_FORM, USERNAME_FORM, ORG_CODE_FORM]
    states = [ROLE_SYSTEM, ROLE_DEFINING, USER_DEFAULT, RESET_OWN, UNIT_CYCLE, UNIT_IN_USE]
    assert {problem.status for problem in [*forms, UNIT_PARENT]} == {422}
    assert {problem.status for problem in states} == {409}
    assert BEYOND_OWN_RIGHTS.status == 403


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"number": ""}, STAFF_NUMBER_FORM),
        ({"number": "-7"}, STAFF_NUMBER_FORM),
        ({"number": "7 8"}, STAFF_NUMBER_FORM),
        ({"number": "工号7"}, STAFF_NUMBER_FORM),
        ({"number": "7" * 21}, STAFF_NUMBER_FORM),
        ({"name": " "}, TEXT_FORM),
        ({"name": "王" * 61}, TEXT_FORM),
        ({"name": "王\x00丽"}, TEXT_FORM),
        ({"name": "王\ud800"}, TEXT_FORM),
        ({"title": "x" * 61}, TEXT_FORM),
        ({"title": "x\x7f"}, TEXT_FORM),
        ({"birth_year": 2011}, BIRTH_YEAR_RANGE),
        ({"birth_year": 1925}, BIRTH_YEAR_RANGE),
        ({"birth_year": 0}, BIRTH_YEAR_RANGE),
        ({"phone": "1234"}, PHONE_FORM),
        ({"phone": "1" * 16}, PHONE_FORM),
        ({"phone": "13800x138000"}, PHONE_FORM),
        ({"phone": "+"}, PHONE_FORM),
    ],
)
def test_a_staff_field_that_is_wrong_is_named(change: dict[str, Any], problem: ProblemType) -> None:
    refused(problem, "/" + next(iter(change)), check_staff, dataclasses.replace(STAFF, **change), today=TODAY)


@pytest.mark.parametrize(
    "change",
    [{"number": "7" * 20}, {"name": "王" * 60}, {"birth_year": 2010}, {"birth_year": 1926}, {"birth_year": None},
     {"phone": "12345"}, {"phone": "+" + "1" * 15}, {"gender": None}, {"education": None}],
)  # fmt: skip
def test_the_edges_of_a_staff_record(change: dict[str, Any]) -> None:
    expected = dataclasses.replace(STAFF, **change)
    assert check_staff(expected, today=TODAY) == expected


def test_an_age_is_the_one_reached_this_year() -> None:
    assert age_by_year(1990, TODAY) == age_by_year(1990, date(2026, 12, 31)) == 36


def test_names_are_stored_composed() -> None:
    assert check_name("Zoe\u0308") == "Zoë"
    assert check_name("王") == "王"
    assert refused(TEXT_FORM, "/unit", check_name, "", field="/unit").params == {"most": 60}


@pytest.mark.parametrize(
    ("code", "stored"), [("106", "106"), ("１０６５５", "10655"), ("1" * 21, "1" * 21), (" ", None), (None, None)]
)
def test_a_sender_code_is_digits(code: str | None, stored: str | None) -> None:
    assert check_sender_code(code) == stored


@pytest.mark.parametrize("code", ["10", "1" * 22, "106-1", "+106"])
def test_another_sender_code_is_refused(code: str) -> None:
    refused(SENDER_CODE_FORM, "/sender_code", check_sender_code, code)


def test_a_blank_phone_is_none() -> None:
    assert check_phone(None) is None
    assert check_phone(" - ") is None


@pytest.mark.parametrize(
    ("typed", "username"),
    [
        ("li.wang", "li.wang"),
        (" Li.Wang ", "li.wang"),
        ("ｌｉ．ｗａｎｇ", "li.wang"),
        ("a1", "a1"),
        ("a_b-c.d9", "a_b-c.d9"),
        ("a" * 40, "a" * 40),
        ("a." + "b" * 38, "a." + "b" * 38),
    ],
)
def test_a_user_name_is_small_and_plain(typed: str, username: str) -> None:
    assert check_username(typed) == spell_sign_in(typed) == username


@pytest.mark.parametrize(
    "typed",
    ["", "a", "a" * 41, "1li", ".li", "li.", "li..wang", "li.-wang", "li wang", "李旺", "li\x00wang", "li\nwang", "li\ud800",
     "li@wang", "a" * 101],
)  # fmt: skip
def test_another_user_name_is_refused(typed: str) -> None:
    refused(USERNAME_FORM, "/username", check_username, typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("demo", "demo"), (" ＤＥＭＯ ", "demo"), ("58-city", "58-city"), ("a1", "a1"), ("a" * 32, "a" * 32)],
)
def test_an_organisation_code_is_small_and_plain(typed: str, code: str) -> None:
    assert check_org_code(typed) == spell_sign_in(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "a", "a" * 33, "-a", "a-", "a--b", "a.b", "a_b", "公司", "a\x00b", " " * 101 + "demo"]
)
def test_another_organisation_code_is_refused(typed: str) -> None:
    refused(ORG_CODE_FORM, "/code", check_org_code, typed)


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        (" Li.Wang@ ", "li.wang@"),
        ("李旺", ""),
        ("li\x00wang", ""),
        ("li\ud800", ""),
        (" " * 97 + "abc", "abc"),
        (" " * 98 + "abc", ""),
    ],
)
def test_whatever_is_typed_at_the_door_is_looked_up_or_nothing(typed: str, spelled: str) -> None:
    assert spell_sign_in(typed) == spelled


@given(typed=st.text())
def test_no_text_at_the_door_makes_an_error(typed: str) -> None:
    spelled = spell_sign_in(typed)
    assert spelled.isascii()
    assert spelled == "".join(filter(str.isprintable, spelled)) == spell_sign_in(spelled)


def test_a_system_role_stays_and_keeps_what_defines_it() -> None:
    refused(ROLE_SYSTEM, None, check_role_removal, is_system=True)
    check_role_removal(is_system=False)
    defining = frozenset(("accounts.staff", "accounts.roles"))
    check_role_functions(defining, ["accounts.roles", "accounts.staff", "customers.read"])
    check_role_functions(frozenset(), [])
    lost = refused(ROLE_DEFINING, None, check_role_functions, defining, ["customers.read"])
    assert lost.params == {"function": "accounts.roles"}
    refused(ROLE_DEFINING, None, check_role_functions, defining, ["accounts.roles"])


def test_the_default_user_stays_and_stays_administrator() -> None:
    refused(USER_DEFAULT, None, check_user_removal, is_default=True)
    check_user_removal(is_default=False)
    refused(USER_DEFAULT, None, check_user_roles, ["salesperson"], is_default=True)
    check_user_roles(["salesperson", "administrator"], is_default=True)
    check_user_roles([], is_default=False)


def held(*units: str, everything: bool = False) -> Extent:
    return Extent("x", own=True, units=frozenset(units), everything=everything)


SALESPERSON = {"customers.read": held(), "customers.write": held()}
EAST = {"customers.read": held("east"), "customers.write": held()}
WEST = {"customers.read": held("west"), "customers.write": held()}
DIRECTOR = {"customers.read": held("east", "west"), "customers.write": held()}
ADMIN = {name: held(everything=True) for name in (*DIRECTOR, "accounts.staff", "expenses.pay")}
FINANCE = {"expenses.pay": held(everything=True)}


@pytest.mark.parametrize(
    ("actor", "user", "is_allowed"),
    [
        (EAST, SALESPERSON, True),
        (SALESPERSON, EAST, False),
        (EAST, WEST, False),
        (DIRECTOR, EAST, True),
        (EAST, DIRECTOR, False),
        (DIRECTOR, FINANCE, False),
        (ADMIN, FINANCE, True),
        (ADMIN, ADMIN, True),
        (FINANCE, ADMIN, False),
        (EAST, {}, True),
    ],
)
def test_nobody_resets_upwards(actor: dict[str, Extent], user: dict[str, Extent], is_allowed: bool) -> None:
    if is_allowed:
        check_reset("one", actor, "other", user)
        check_not_upward(actor, user)
    else:
        refused(BEYOND_OWN_RIGHTS, None, check_reset, "one", actor, "other", user)
        refused(BEYOND_OWN_RIGHTS, None, check_not_upward, actor, user)


def test_nobody_resets_his_own() -> None:
    refused(RESET_OWN, None, check_reset, "one", ADMIN, "one", ADMIN)


TREE = UnitTree(
    [
        Unit("firm", None, UnitKind.ORGANISATION),
        Unit("sales", "firm", UnitKind.DEPARTMENT),
        Unit("east", "sales", UnitKind.TEAM),
        Unit("east-1", "east", UnitKind.TEAM),
    ]
)


@pytest.mark.parametrize(
    ("unit", "parent", "kind", "problem"),
    [
        ("new", "firm", UnitKind.TEAM, None),
        ("new", "east-1", UnitKind.DEPARTMENT, None),
        ("east-1", "firm", UnitKind.TEAM, None),
        ("east", "sales", UnitKind.TEAM, None),
        ("firm", None, UnitKind.ORGANISATION, None),
        ("new", "gone", UnitKind.TEAM, UNIT_PARENT),
        ("new", "new", UnitKind.TEAM, UNIT_PARENT),
        ("new", None, UnitKind.TEAM, UNIT_PARENT),
        ("new", None, UnitKind.ORGANISATION, UNIT_PARENT),
        ("east", None, UnitKind.ORGANISATION, UNIT_PARENT),
        ("east", "firm", UnitKind.ORGANISATION, UNIT_PARENT),
        ("firm", None, UnitKind.TEAM, UNIT_PARENT),
        ("east", "east", UnitKind.TEAM, UNIT_CYCLE),
        ("sales", "east-1", UnitKind.DEPARTMENT, UNIT_CYCLE),
        ("firm", "east", UnitKind.TEAM, UNIT_CYCLE),
    ],
)
def test_where_a_unit_may_stand(unit: str, parent: str | None, kind: UnitKind, problem: ProblemType | None) -> None:
    if problem is None:
        check_unit_place(TREE, unit, parent, kind)
    else:
        refused(problem, "/parent_id", check_unit_place, TREE, unit, parent, kind)


def test_the_first_unit_is_the_organisation() -> None:
    check_unit_place(UnitTree([]), "firm", None, UnitKind.ORGANISATION)


def test_a_unit_goes_only_when_it_is_empty() -> None:
    check_unit_removal(TREE, "east-1", staff=0)
    assert refused(UNIT_IN_USE, None, check_unit_removal, TREE, "east-1", staff=2).params == {"children": 0, "staff": 2}
    assert refused(UNIT_IN_USE, None, check_unit_removal, TREE, "east", staff=0).params == {"children": 1, "staff": 0}
