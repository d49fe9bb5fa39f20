"""Who may call a view: marks, and the refusal to start without them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.views import MethodView

from server.core.api import Blueprint
from server.core.declare import (
    Access,
    Undeclared,
    access_of,
    declare_public,
    device_only,
    kiosk_only,
    public,
    refuse_undeclared,
    requires,
    routes,
    signed_in,
)
from server.core.fields import IdField, Schema
from tests.server.core.small_app import small_app


def view() -> Any:
    return "ok"


def fresh() -> Any:
    def view() -> str:
        return "ok"

    return view


def test_an_application_does_not_start_with_a_view_nobody_declared() -> None:
    app = small_app()
    app.add_url_rule("/forgotten", "forgotten", view)
    app.add_url_rule("/forgotten", "forgotten-too", view, methods=["POST", "PUT"])
    with pytest.raises(Undeclared) as caught:
        refuse_undeclared(app)
    assert caught.value.routes == ["GET /forgotten", "POST /forgotten", "PUT /forgotten"]
    assert "GET /forgotten" in str(caught.value)


def test_files_that_flask_serves_by_itself_are_no_exception() -> None:
    app = Flask("tests.server.core", static_folder="files", static_url_path="/static")
    with pytest.raises(Undeclared, match="static"):
        refuse_undeclared(app)
    declare_public(app, "static", "the same files for everybody")
    refuse_undeclared(app)


@pytest.mark.parametrize(
    ("decorate", "access"),
    [
        (requires("rows.read"), Access("function", ("rows.read",))),
        (requires("rows.read", "rows.write", recent=300), Access("function", ("rows.read", "rows.write"), recent=300)),
        (signed_in, Access("signed-in")),
        (device_only, Access("device")),
        (kiosk_only, Access("kiosk")),
        (public("a load balancer has no account"), Access("public", reason="a load balancer has no account")),
    ],
)
def test_a_mark_says_what_a_caller_needs(decorate: Any, access: Access) -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/v", "v", decorate(fresh()))
    assert access_of(app, "v", "GET") == access
    assert access.is_public is (access.kind == "public")


def test_a_view_says_it_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        signed_in(requires("rows.read")(fresh()))


def test_marks_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError):
        requires()
    with pytest.raises(ValueError):
        public("why not")


class WithId(Schema):
    id = IdField()


def test_a_mark_is_seen_through_the_decorators_of_a_blueprint() -> None:
    blueprint = Blueprint("b", __name__)

    @blueprint.route("/v", methods=["POST"])
    @blueprint.arguments(WithId)
    @blueprint.response(200, WithId)
    @requires("rows.read")
    def inner(values: dict[str, Any]) -> dict[str, Any]:
        return values

    @blueprint.route("/w", methods=["POST"])
    @requires("rows.read")
    @blueprint.arguments(WithId)
    @blueprint.response(200, WithId)
    def outer(values: dict[str, Any]) -> dict[str, Any]:
        return values

    app = Flask("x", static_folder=None)
    app.register_blueprint(blueprint)
    refuse_undeclared(app)
    assert access_of(app, "b.inner", "POST") == access_of(app, "b.outer", "POST") == Access("function", ("rows.read",))


def test_methods_of_a_class_are_declared_each_or_all_at_once() -> None:
    class Each(MethodView):
        @signed_in
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    @device_only
    class All(MethodView):
        def get(self) -> str:
            return ""

        @requires("rows.write")
        def post(self) -> str:
            return ""

    app = Flask("x", static_folder=None)
    app.add_url_rule("/each", view_func=Each.as_view("each"))
    app.add_url_rule("/all", view_func=All.as_view("all"))
    with pytest.raises(Undeclared) as caught:
        refuse_undeclared(app)
    assert caught.value.routes == ["POST /each"]
    assert access_of(app, "each", "HEAD") == Access("signed-in")
    assert access_of(app, "all", "GET") == Access("device")
    assert access_of(app, "all", "POST") == Access("function", ("rows.write",))


def test_an_endpoint_that_is_not_there_declares_nothing() -> None:
    assert access_of(small_app(), "nowhere", "GET") is None


def test_routes_are_listed_in_order() -> None:
    found = [(method, rule) for method, rule, _ in routes(small_app())]
    assert ("GET", "/api/v1/rows") in found
    assert ("POST", "/api/v1/rows") in found
    assert found == sorted(found, key=lambda each: each[1])
    assert not [method for method, _ in found if method in ("HEAD", "OPTIONS")]
