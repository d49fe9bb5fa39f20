"""The OpenAPI document as tests read it: operations, the fields of their bodies, the rows they name, what they may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from server.core.declare import Access, access_of, routes
from server.core.openapi import openapi_document

Schema = Mapping[str, Any]
JSON = "application/json"


@dataclass(frozen=True)
class Field:
    """One place in a body or a query. pointer: RFC 6901, list items at 0; of a query parameter, `?name`."""

    pointer: str
    schema: Schema
    required: bool

    @property
    def is_reference(self) -> bool:
        """Whether an id goes there."""
        return self.schema.get("format") == "uuid"

    @property
    def types(self) -> frozenset[str]:
        """The JSON types it takes."""
        return types_of(self.schema)


@dataclass(frozen=True)
class Operation:
    """One operation of the application. body: its JSON's; parts of files have no fields."""

    method: str
    path: str
    access: Access
    doc: Mapping[str, Any] | None
    body: Schema | None = None
    fields: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    in_path: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.method} {self.path}"

    @property
    def references(self) -> tuple[str, ...]:
        """Where it names rows: `{parameter}` of the address, pointer into the body, `?parameter` of the query."""
        return (
            *(f"{{{name}}}" for name in self.in_path),
            *(each.pointer for each in (*self.fields, *self.query) if each.is_reference),
        )

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    def may_answer(self, status: int, code: str | None) -> bool:
        """Whether the document says so. Addresses outside it (pages, health) say nothing."""
        if self.doc is None:
            return True
        declared = self.doc["responses"].get(str(status))
        if declared is None:
            return False
        codes = declared.get("x-problem-codes")
        return code is None or codes is None or code in codes or code in ALWAYS.get(status, ())


ALWAYS: Mapping[int, tuple[str, ...]] = {
    400: ("core.malformed-json", "core.bad-request"),
    401: ("core.unauthenticated", "accounts.token-invalid", "accounts.session-ended"),
    403: ("core.function-missing", "core.forbidden", "accounts.device-revoked"),
    404: ("core.not-found",),
    405: ("core.method-not-allowed",),
    409: ("core.conflict",),
    413: ("core.too-large",),
    415: ("core.unsupported-media-type",),
    422: ("core.invalid-fields", "core.bad-cursor"),
    429: ("core.rate-limited",),
    503: ("core.busy",),
}
"""Problems that come from the shell around every view, whatever codes the view adds to the same status."""


def operations(app: Flask) -> list[Operation]:
    """All operations, those outside the document as well, in order of path and method."""
    document = openapi_document(app)
    found = []
    for method, rule, endpoint in routes(app):
        access = access_of(app, endpoint, method)
        assert access is not None
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
        doc = document["paths"].get(path, {}).get(method.lower())
        found.append(_operation(document, method, path, access, doc))
    return sorted(found, key=lambda each: (each.path, each.method))


def _operation(
    document: Mapping[str, Any], method: str, path: str, access: Access, doc: Mapping[str, Any] | None
) -> Operation:
    body: Schema | None = None
    query: tuple[Field, ...] = ()
    if doc is not None:
        if JSON in doc.get("requestBody", {}).get("content", {}):
            body = resolved(document, doc["requestBody"]["content"][JSON]["schema"])
        query = tuple(
            Field(f"?{each['name']}", resolved(document, each["schema"]), bool(each.get("required")))
            for each in doc.get("parameters", ())
            if each.get("in") == "query"
        )
    return Operation(
        method=method,
        path=path,
        access=access,
        doc=doc,
        body=body,
        fields=() if body is None else tuple(fields_of(body)),
        query=query,
        in_path=tuple(re.findall(r"{(\w+)}", path)),
    )


def resolved(document: Mapping[str, Any], schema: Any) -> Any:
    """The schema with all references put in place. None of ours leads back to itself."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            return resolved(document, document["components"]["schemas"][name])
        return {key: resolved(document, inner) for key, inner in schema.items()}
    if isinstance(schema, list):
        return [resolved(document, inner) for inner in schema]
    return schema


def fields_of(schema: Schema, pointer: str = "") -> Iterator[Field]:
    """All places in a body, depth first."""
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        here = f"{pointer}/{name}"
        yield Field(here, inner, name in required)
        yield from fields_of(inner, here)
        if "items" in inner:
            yield Field(f"{here}/0", inner["items"], False)
            yield from fields_of(inner["items"], f"{here}/0")


def types_of(schema: Schema) -> frozenset[str]:
    """The JSON types a schema takes; all of them when it does not say."""
    kinds = schema.get("type")
    if kinds is None:
        return frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
    return frozenset([kinds] if isinstance(kinds, str) else kinds)


def put(body: Any, pointer: str, value: Any) -> Any:
    """A copy of the body with `value` at `pointer`; what is missing on the way is made."""
    steps = pointer.split("/")[1:]
    if not steps:
        return value
    copy = dict(body) if isinstance(body, Mapping) else list(body) if isinstance(body, list) else body
    _put(copy, steps, value)
    return copy


def _put(here: Any, steps: list[str], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    key: Any = int(step) if isinstance(here, list) else step
    if isinstance(here, list) and key >= len(here):
        here.extend([None] * (key + 1 - len(here)))
    if not rest:
        here[key] = value
        return
    inner = here[key] if isinstance(here, list) else here.get(key)
    if not isinstance(inner, dict | list):
        inner = [] if rest[0].isdigit() else {}
    here[key] = inner = dict(inner) if isinstance(inner, dict) else list(inner)
    _put(inner, rest, value)
