"""The page of the API shows a whole example of every JSON body that is taken or given, and it fits its own schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
"""`make check` compares it with the code."""


class NotShown(Exception):
    """Where in a body nothing says what might stand there."""


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Operation and status or `request`, media type object: of each JSON body of a request and of a 2xx answer."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            for what, body in {"request": operation.get("requestBody", {}), **operation["responses"]}.items():
                media = body.get("content", {}).get("application/json")
                if media is not None and what.startswith(("request", "2")):
                    yield f"{method.upper()} {path} {what}", media


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def shown(schema: dict[str, Any], where: str = "") -> Any:
    """What Swagger UI 5 puts together: the first of `examples`, a `default`, or the same of what is inside."""
    schema = resolved(schema)
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if "allOf" in schema or ("anyOf" in schema and "properties" not in schema):
        return shown((schema.get("allOf") or schema["anyOf"])[0], where)
    if "properties" in schema:
        return {name: shown(part, f"{where}/{name}") for name, part in schema["properties"].items()}
    if "items" in schema:
        return [shown(schema["items"], f"{where}/0")]
    raise NotShown(where)


BODIES = [pytest.param(media, id=name) for name, media in bodies()]


@pytest.mark.parametrize("media", BODIES)
def test_a_body_has_a_whole_example_that_fits(media: dict[str, Any]) -> None:
    example = media["example"] if "example" in media else shown(media["schema"])
    whole = {**media["schema"], "components": DOCUMENT["components"]}
    faults = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []


def test_there_are_bodies_at_all_and_formats_are_looked_at() -> None:
    assert len(BODIES) > 100
    assert {"uuid", "date", "date-time"} <= FormatChecker().checkers.keys()


def test_parameters_have_none() -> None:
    """Swagger UI would fill in every filter of a list at once."""
    parameters = [
        each
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict)
        for each in operation.get("parameters", ())
    ]
    assert len(parameters) > 50
    assert [each["name"] for each in parameters if "examples" in each["schema"] or "example" in each] == []
