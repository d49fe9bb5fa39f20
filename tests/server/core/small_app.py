"""A small application on server/core/http.py and api.py, for the tests of this folder: one resource, kept in a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request
from marshmallow import fields
from werkzeug.test import TestResponse

from server.config import Settings
from server.core import http, openapi
from server.core.api import Api, Blueprint
from server.core.declare import Access, device_only, public, refuse_undeclared, requires, signed_in
from server.core.fields import CodeField, DayField, IdField, InstantField, IntegerField, Length, Schema, TextField
from server.core.limits import LOGIN_PER_ADDRESS
from server.core.page_schemas import PageQuery, page_of
from server.core.problems import BAD_CURSOR, FORBIDDEN, NOT_FOUND, STALE, UNAUTHENTICATED, Refused

ROW = "018f2f2e-0000-7000-8000-000000000001"
SECRET_TEXT = "duplicate key value (phone)=(+8613800138000)"


class RowSchema(Schema):
    """A row."""

    id = IdField(required=True)
    name = TextField(20, required=True)
    note = TextField(200, multiline=True, blank=True, allow_none=True)
    grade = CodeField(["A", "B"])
    size = IntegerField(0, 10)
    met_at = InstantField()
    met_on = DayField()
    tags = fields.List(TextField(10), validate=Length(max=3))
    anything = fields.Dict()


class RowsQuery(PageQuery):
    grade = CodeField(["A", "B"])


@dataclass
class Person:
    locale: str = "zh"
    functions: set[str] = field(default_factory=lambda: {"rows.read", "rows.write"})


def authenticate(access: Access) -> None:
    """`Bearer zh`, `Bearer en`: a person of that language. `Bearer nobody`: a person without functions."""
    word = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if word not in ("zh", "en", "nobody"):
        raise Refused(UNAUTHENTICATED)
    g.actor = Person("en" if word == "en" else "zh", set() if word == "nobody" else {"rows.read", "rows.write"})
    if access.kind == "device" or (access.functions and not g.actor.functions & set(access.functions)):
        raise Refused(FORBIDDEN)


class DriverError(Exception):
    """What a database driver raises, with a customer's phone in it."""


def rows_blueprint() -> Blueprint:
    rows = Blueprint("rows", __name__, url_prefix="/api/v1/rows", description="Rows of the test.")

    @rows.route("", methods=["GET"])
    @requires("rows.read")
    @rows.refuses(BAD_CURSOR)
    @rows.arguments(RowsQuery, location="query")
    @rows.response(200, page_of(RowSchema))
    def list_rows(query: dict[str, Any]) -> dict[str, Any]:
        """All rows."""
        return {"items": [{"id": ROW, "name": "王小明"}][: query["limit"]], "next": None}

    @rows.route("", methods=["POST"])
    @requires("rows.write")
    @rows.arguments(RowSchema)
    @rows.response(201, RowSchema)
    def add_row(values: dict[str, Any]) -> dict[str, Any]:
        """Add a row."""
        return values

    @rows.route("/<id:row_id>", methods=["GET"])
    @signed_in
    @rows.refuses(STALE)
    @rows.response(200, RowSchema)
    def get_row(row_id: str) -> dict[str, Any]:
        """One row."""
        if row_id != ROW:
            raise Refused(NOT_FOUND)
        return {"id": ROW, "name": "王小明"}

    @rows.route("/raw", methods=["POST"])
    @device_only
    @rows.doc(requestBody={"required": True, "content": {"application/json": {"schema": {"type": "object"}}}})
    def post_raw() -> dict[str, Any]:
        """Read its body itself."""
        return {"got": http.read_json() is not None}

    return rows


def plain_views(app: Flask) -> None:
    @app.post("/exchange")
    @public("for the tests of bodies")
    def exchange() -> Any:
        return {"got": http.read_json(gzip=True, unfit_text=True, max_bytes=25_000_000) is not None}

    @app.post("/flask-json")
    @public("for the tests of bodies")
    def flask_json() -> Any:
        return {"got": request.get_json()}

    @app.get("/fails")
    @public("for the tests of failures")
    def fails() -> Any:
        raise DriverError(SECRET_TEXT)

    @app.get("/busy")
    @public("for the tests of failures")
    def busy() -> Any:
        raise TimeoutError(SECRET_TEXT)

    @app.get("/login")
    @public("for the tests of limits")
    def login() -> Any:
        http.limit(LOGIN_PER_ADDRESS)
        return {"address": http.client_address()}

    @app.get("/long/<path:word>")
    @public("for the tests of packing")
    def long(word: str) -> Any:
        return {"text": word * 500}

    @app.get("/page")
    @public("for the tests of headers")
    def page() -> Any:
        return Response(
            "<!doctype html>", headers={"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}
        )

    @app.get("/device")
    @device_only
    def device() -> Any:
        return {}


def small_app(
    settings: Settings | None = None,
    *,
    signed_in_with: Any = authenticate,
    checks: Sequence[http.Check] = (),
    translate: Sequence[http.Translate] = (),
) -> Flask:
    app = Flask("small", static_folder=None)
    http.install(app, settings or Settings(), authenticate=signed_in_with, checks=checks, translate=translate)
    api = Api.of(app)
    plain_views(app)
    api.register_blueprint(rows_blueprint())
    openapi.serve(app)
    refuse_undeclared(app)
    return app


def document(answer: TestResponse) -> Any:
    """The JSON an answer carries."""
    return json.loads(answer.data)
