"""The catalogue of problems and the exception that carries them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.core.i18n import FIELD_TEXTS, LANGUAGES, STATUS_TITLES
from server.core.problems import (
    BAD_CURSOR,
    BUSY,
    BY_STATUS,
    CATALOGUE,
    INVALID_FIELDS,
    MAX_FIELD_ERRORS,
    NOT_FOUND,
    STALE,
    Catalogue,
    FieldError,
    ProblemType,
    Refused,
    below,
    pointer,
    problem_type,
)

HALF_WIDTH_IN_CHINESE = re.compile(r"[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]")


@pytest.mark.parametrize("problem", list(CATALOGUE), ids=lambda each: each.code)
def test_every_problem_speaks_both_languages(problem: ProblemType) -> None:
    assert re.search(r"[\u4e00-\u9fff]", problem.text.zh)
    assert not re.search(r"[\u4e00-\u9fff]", problem.text.en)
    assert not HALF_WIDTH_IN_CHINESE.search(problem.text.zh)
    assert problem.text.en.rstrip().endswith((".", "!", "?", "}"))
    params: dict[str, Any] = dict.fromkeys(problem.text.names, 3)
    refused = Refused(problem, **params)
    for language in LANGUAGES:
        detail = refused.to_document(language, "r")["detail"]
        assert "{" not in detail
        assert "…" not in detail
    assert refused.to_document("zh", "r")["detail"] != refused.to_document("en", "r")["detail"]


@pytest.mark.parametrize("code", sorted(FIELD_TEXTS))
def test_every_field_fault_speaks_both_languages(code: str) -> None:
    text = FIELD_TEXTS[code]
    assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert not re.search(r"[\u4e00-\u9fff]", text.en)
    assert not HALF_WIDTH_IN_CHINESE.search(text.zh)


def test_every_title_speaks_both_languages() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh) and text.en.isascii() for text in STATUS_TITLES.values())


def test_bare_statuses_lead_to_problems_of_that_status_that_need_no_values() -> None:
    for status, problem in BY_STATUS.items():
        assert problem.status == status
        Refused(problem)


def test_a_code_is_declared_once() -> None:
    catalogue = Catalogue()
    problem_type("area.taken", 422, zh="一", en="One.", catalogue=catalogue)
    with pytest.raises(ValueError, match=r"area\.taken"):
        problem_type("area.taken", 422, zh="一", en="One.", catalogue=catalogue)
    assert [each.code for each in catalogue] == ["area.taken"]
    assert len(catalogue) == 1


@pytest.mark.parametrize(
    ("code", "status", "zh", "en"),
    [
        ("no_area", 422, "一", "One."),
        ("Area.x", 422, "一", "One."),
        ("area.under_score", 422, "一", "One."),
        ("area.-x", 422, "一", "One."),
        ("area.x", 200, "一", "One."),
        ("area.x", 422, " ", "One."),
        ("area.x", 422, "一", ""),
        ("area.x", 422, "一 {a}", "One {b}."),
        ("area.x", 422, "一 {a}", "One."),
        ("area.x", 422, "一 {a.b}", "One {a.b}."),
        ("area.x", 422, "一 {a[0]}", "One {a[0]}."),
        ("area.x", 422, "一 {a!r}", "One {a!r}."),
        ("area.x", 422, "一 {a:>9}", "One {a:>9}."),
        ("area.x", 422, "一 {}", "One {}."),
        ("area.x", 422, "一 {field}", "One {field}."),
    ],
)
def test_a_problem_that_could_not_be_shown_is_not_declared(code: str, status: int, zh: str, en: str) -> None:
    catalogue = Catalogue()
    with pytest.raises(ValueError):
        problem_type(code, status, zh=zh, en=en, catalogue=catalogue)
    assert len(catalogue) == 0


WITH_PARAMS = problem_type(
    "tests.with-params", 422, zh="{name} 重复", en="{name} is there twice.", extra=["ids"], catalogue=Catalogue()
)


@pytest.mark.parametrize("params", [{}, {"name": "a", "other": 1}, {"ids": ["a"]}])
def test_params_are_those_that_are_declared(params: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Refused(WITH_PARAMS, **params)


@pytest.mark.parametrize("value", [ValueError("driver text"), {"a": 1}, 1.5, object(), [1], b"x"])
def test_only_plain_values_reach_the_caller(value: Any) -> None:
    with pytest.raises(TypeError, match="name"):
        Refused(WITH_PARAMS, name=value)


def test_the_document_has_the_members_of_rfc_9457_and_ours() -> None:
    refused = Refused(WITH_PARAMS, field="/values/name", name="王", ids=["a", "b"])
    assert refused.to_document("zh", "abc") == {
        "type": "/api/v1/problems#tests.with-params",
        "title": "内容未通过检查",
        "status": 422,
        "detail": "王 重复",
        "code": "tests.with-params",
        "params": {"name": "王", "ids": ["a", "b"]},
        "errors": [{"pointer": "/values/name", "in": "body", "code": "tests.with-params", "detail": "无效。"}],
        "request_id": "abc",
    }


def test_a_field_error_with_a_problems_code_has_the_problems_text() -> None:
    refused = Refused(STALE, field="/version", version=7)
    assert refused.to_document("en", None)["errors"] == [
        {
            "pointer": "/version",
            "in": "body",
            "code": "core.stale",
            "detail": "Someone has changed this meanwhile (it is now at version 7).",
        }
    ]


def test_values_cannot_reach_beyond_their_place_in_the_text() -> None:
    nasty = "{0.__class__} {ids} %s \x1b[31m\x00\ud800\u202e" + "x" * 5000
    document = Refused(WITH_PARAMS, name=nasty).to_document("en", None)
    assert document["detail"].startswith("{0.__class__} {ids} %s \N{REPLACEMENT CHARACTER}[31m")
    assert len(document["detail"]) < 300
    assert len(document["params"]["name"]) <= 1001
    for text in (document["detail"], document["params"]["name"]):
        assert text.isprintable()
        text.encode("utf-8")


def test_several_fields_are_told_at_once_but_not_without_end() -> None:
    refused = Refused.fields([FieldError(f"/f{n}", "required") for n in range(MAX_FIELD_ERRORS + 50)])
    assert refused.problem is INVALID_FIELDS
    document = refused.to_document("zh", None)
    assert len(document["errors"]) == MAX_FIELD_ERRORS
    assert document["errors"][0] == {"pointer": "/f0", "in": "body", "code": "required", "detail": "必填。"}
    assert Refused.fields([], BAD_CURSOR).problem is BAD_CURSOR


def test_a_pointer_with_hostile_names_can_be_encoded() -> None:
    document = Refused.fields([FieldError(pointer("a/b", "~", 0, "\ud800\x00" * 500), "unknown")]).to_document(
        "en", None
    )
    found = document["errors"][0]["pointer"]
    assert found.startswith("/a~1b/~0/0/\N{REPLACEMENT CHARACTER}")
    assert len(found) <= 201


def test_what_a_part_of_the_body_is_refused_for_points_into_that_part() -> None:
    with pytest.raises(Refused) as refused, below("phones", 1):
        raise Refused(NOT_FOUND, field="/number")
    assert (refused.value.field, refused.value.errors[0].pointer) == ("/phones/1/number", "/phones/1/number")
    with pytest.raises(Refused) as refused, below("phones", 1):
        raise Refused(NOT_FOUND)
    assert (refused.value.field, refused.value.errors) == (None, ())


def test_seconds_to_wait_are_known_where_the_problem_says_them() -> None:
    assert Refused(BUSY, retry_after=7).retry_after == 7
    assert Refused(NOT_FOUND).retry_after is None
