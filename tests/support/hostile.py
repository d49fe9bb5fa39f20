"""What hostile callers put where something else belongs, and what every answer to them has to be like."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import orjson

from server.core.i18n import FIELD_TEXTS, STATUS_TITLES, Language, Text
from server.core.problem_types import CATALOGUE, PROBLEMS_PATH
from tests.support.document import Field, Operation

T = TypeVar("T")
DEEP = bool(os.environ.get("DOORSTEP_TEST_DEEP"))
MIB = 1_048_576

ANY_TYPE: Mapping[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "beyond what JSON readers keep": 2**53,
    "beyond 64 bits": 10**30,
    "a fraction": 1.5,
    "a whole fraction": 1.0,
    "a text": "x",
    "an empty text": "",
    "a number as text": "12",
    "a list": [],
    "a list of null": [None],
    "an object": {},
    "an object of objects": {"a": {"b": {}}},
}
TEXTS: Mapping[str, str] = {
    "NUL": "a\x00b",
    "half a character": "a\ud800b",
    "other half": "\udc00",
    "not a character": "\uffff\ufdd0",
    "right to left": "\u202eabc\u202c\u2066",
    "nothing to see": "\u200b\u200d\ufeff\u2060",
    "white space": " \t\u3000\u00a0 ",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\nb",
    "escapes": "\x1b[31mred\x07",
    "many marks": "a" + "\u0301" * 400,
    "outside the first plane": "\U0001f4a3" * 30,
    "other digits": "\u0661\u0662\u0663",
    "a format": "%s%n%d{0}{0.__class__.__mro__}${7*7}#{1}",
    "a query": "' OR 1=1; DROP TABLE users; --",
    "a pattern": "%_\\%",
    "a path": "../../../../etc/passwd",
    "a script": "<script>alert(1)</script>",
    "a formula": "=cmd|'/c calc'!A1",
    "1 MB": "x" * MIB,
}
TIMES: Mapping[str, str] = {
    "no zone": "2025-03-04T10:00:00",
    "a day": "2025-03-04",
    "no such hour": "2025-03-04T25:00:00Z",
    "no such day": "2025-02-30T10:00:00Z",
    "the end of time": "9999-12-31T23:59:59Z",
    "before all": "0001-01-01T00:00:00Z",
    "half a day off": "2025-03-04T10:00:00+99:00",
    "much too exact": "2025-03-04T10:00:00." + "1" * 500 + "Z",
    "a week": "2025-W10-2T10:00:00Z",
    "other digits": "\u0662\u0660\u0662\u0665-03-04T10:00:00Z",
}
DAYS: Mapping[str, str] = {
    "no such day": "2025-02-30",
    "no zeros": "2025-3-4",
    "no hyphens": "20250304",
    "a week": "2025-W10-2",
    "a time": "2025-03-04T00:00:00Z",
    "the end of time": "9999-12-31",
    "before all": "0001-01-01",
    "other digits": "\u0662\u0660\u0662\u0665-03-04",
}
IDS: Mapping[str, str] = {
    "upper case": "01940000-0000-7000-8000-0000000000A1",
    "braces": "{01940000-0000-7000-8000-0000000000a1}",
    "no hyphens": "01940000000070008000000000000000",
    "urn": "urn:uuid:01940000-0000-7000-8000-0000000000a1",
    "too short": "01940000-0000-7000-8000-0000000000a",
    "with a line": "01940000-0000-7000-8000-0000000000a1\n",
    "NUL": "01940000-0000-7000-8000-0000000000a1\x00",
    "a query": "' OR 1=1; --",
    "other digits": "\u0660\u0661940000-0000-7000-8000-0000000000a1",
}
NUMBERS: Mapping[str, Any] = {
    "32 bits": 2**31,
    "minus 32 bits": -(2**31) - 1,
    "64 bits": 2**63,
    "minus 64 bits": -(2**63) - 1,
    "a large fraction": 1e308,
    "a small fraction": 5e-324,
    "minus nothing": -0.0,
}


def nested(levels: int) -> Any:
    """Lists within lists."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def values_for(field: Field) -> Iterator[tuple[str, Any]]:
    """What to put there, by name: each JSON type, and what is hostile to the kind of value that belongs there."""
    yield from ANY_TYPE.items()
    yield "20 levels", nested(20)
    form = field.schema.get("format")
    if form == "uuid":
        yield from IDS.items()
    elif form == "date":
        yield from DAYS.items()
    elif form == "date-time":
        yield from TIMES.items()
    elif "string" in field.types and "enum" in field.schema:
        for name in ("NUL", "half a character", "a query", "a format"):
            yield name, TEXTS[name]
    elif "string" in field.types:
        yield from TEXTS.items()
        if (most := field.schema.get("maxLength")) is not None:
            yield "one too long", "x" * (most + 1)
    if "integer" in field.types:
        yield from NUMBERS.items()
        for name, limit in (("minimum", -1), ("maximum", 1)):
            if name in field.schema:
                yield f"past its {name}", field.schema[name] + limit


def json_type(value: Any) -> str:
    """The JSON type of a value. A whole fraction is a number here: 1.0 is no 1."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def is_wrong(field: Field, value: Any) -> bool:
    """Whether the document alone says that this cannot stand there, or it is text that nothing can keep."""
    schema = field.schema
    kind = json_type(value)
    if kind not in field.types and not (kind == "integer" and "number" in field.types):
        return True
    if "enum" in schema and value not in schema["enum"]:
        return True
    if kind == "integer":
        return not schema.get("minimum", value) <= value <= schema.get("maximum", value)
    if kind == "array":
        return not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    if kind != "string":
        return False
    if re.search("[\x00\ud800-\udfff]", value) or len(value) > schema.get("maxLength", len(value)):
        return True
    match schema.get("format"):
        case "uuid":
            return re.fullmatch(schema["pattern"].strip("^$"), value) is None
        case "date":
            return not _is_day(value)
        case "date-time":
            return True  # all the times above are wrong
    return False


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value and "1900" <= value[:4] <= "2100"
    except ValueError:
        return False


# -- what every answer is like -----------------------------------------------------------------------------------------

_INSIDE = re.compile(
    rb"Traceback|sqlalchemy|psycopg|pysqlite|sqlite3|marshmallow|werkzeug|flask|\.py\b|SELECT |INSERT |UNIQUE constraint|"
    rb"Not a valid|Missing data|Unknown field|Field may not|Shorter than|Longer than|Must be "
)
"""Words of libraries, drivers and validators."""


@dataclass(frozen=True)
class Judged:
    """An answer that was found to be as it should be."""

    status: int
    code: str | None
    body: Any

    @property
    def is_good(self) -> bool:
        """Whether it was done."""
        return self.status < 300

    def names(self, pointer: str) -> bool:
        """Whether one of its errors is at that place, at or above it: a wrong whole says nothing about its parts."""
        return any(pointer == at or pointer.startswith(f"{at}/") for at in self.pointers)

    @property
    def pointers(self) -> list[str]:
        """Where something is wrong."""
        return [each["pointer"] for each in self.body["errors"]]

    def codes_at(self, pointer: str) -> set[str]:
        """What is wrong at that place, or above it."""
        errors = self.body["errors"]
        return {each["code"] for each in errors if f"{pointer}/".startswith(f"{each['pointer']}/")}

    @property
    def field_codes(self) -> set[str]:
        """What is wrong there."""
        return {each["code"] for each in self.body["errors"]}


def judge(response: Any, language: Language, operation: Operation | None = None) -> Judged:
    """Check what must hold of every answer, however hostile the request: raises AssertionError saying what does not."""
    raw = response.get_data()
    response.close()
    status = response.status_code
    assert status < 500, (status, raw[:500])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    if status < 400:
        if operation is not None:
            assert operation.may_answer(status, None), f"{status} is not declared"
        body = orjson.loads(raw) if raw and response.mimetype == "application/json" else None
        return Judged(status, None, body)
    assert response.mimetype == "application/problem+json", (status, response.mimetype)
    assert not (found := _INSIDE.search(raw)), (found, raw[:500])
    body = orjson.loads(raw)
    code = str(body["code"])
    _check_problem(body, status, language)
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert response.headers["Content-Language"] == language
    assert "accept-language" in response.headers["Vary"].lower()
    if operation is not None:
        assert operation.may_answer(status, code), f"{status} {code} is not declared"
    return Judged(status, code, body)


def _check_problem(body: Mapping[str, Any], status: int, language: Language) -> None:
    known = CATALOGUE.get(body["code"])
    assert known is not None, f"{body['code']} is in no catalogue"
    assert known.status == status == body["status"]
    assert body["type"] == f"{PROBLEMS_PATH}#{known.code}"
    assert body["title"] == STATUS_TITLES[status].fill(language, {})
    # The text is the catalogue's own, filled with the params that come along: nobody else's words can stand in it.
    assert body["detail"] == known.text.fill(language, body["params"]), body
    assert set(body["params"]) <= known.params | {"current"}
    for each in body["errors"]:
        assert each.keys() == {"pointer", "in", "code", "detail"}
        assert each["in"] in ("body", "query", "path", "header")
        text = FIELD_TEXTS.get(each["code"]) or _text_of(each["code"])
        assert _is_filled(text, each["detail"], language), each


def _text_of(code: str) -> Text:
    known = CATALOGUE.get(code)
    assert known is not None, f"{code} is in no catalogue"
    return known.text


def _is_filled(text: Text, said: str, language: Language) -> bool:
    template = text.zh if language == "zh" else text.en
    parts = [re.escape(each) for each in re.split(r"\{\w+\}", template)]
    return re.fullmatch(".*".join(parts), said, re.DOTALL) is not None


def share(cases: Iterable[T], of: str, parts: int = 6) -> list[T]:
    """Those of the cases that fall to one of many which go the same way: one in so many, begun elsewhere for each name.

    So each of the many meets some, and each case some of the many; in `make test-deep` all meet all.
    """
    found = list(cases)
    return found if DEEP else found[zlib.crc32(of.encode()) % parts :: parts]
