"""The REST door: blueprints whose operations say in the OpenAPI document everything they may answer.

One document covers all doors (/api/v1, /mobile/v1, …). It is served and written by openapi.py.
Decision record: docs/decisions/0014-openapi-says-every-answer.md.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_instance
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask.views import MethodView
from flask.wrappers import Request
from flask_smorest import Api as SmorestApi
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter, Map

from server.core.access import FUNCTIONS
from server.core.answers import PROBLEM_TYPE
from server.core.blobs import SHA256
from server.core.declare import MARK, Access
from server.core.examples import example_of
from server.core.faults import field_errors
from server.core.fields import ID_SCHEMA, OPENAPI_TYPES, FunctionField
from server.core.http import read_json
from server.core.i18n import STATUS_TITLES
from server.core.problem_schemas import Problem
from server.core.problems import CONFIRMATION_NEEDED, ProblemType, Refused
from sync_protocol.ids import ID_PATTERN

V = TypeVar("V", bound=Callable[..., Any])

BEARER = "bearer"
_REFUSES = "__refuses__"


class IdConverter(BaseConverter):
    """`<id:customer_id>`: a row's id in an address. Anything else is no such address."""

    regex = ID_PATTERN[1:-1]

    def __init__(self, map: Map) -> None:
        super().__init__(map)


class Sha256Converter(BaseConverter):
    """`<sha256:name>`: the hash that names a file. Anything else is no such address."""

    regex = SHA256[1:-1]

    def __init__(self, map: Map) -> None:
        super().__init__(map)


class _Parser(FlaskParser):
    """webargs with our JSON, our refusals, and unknown query parameters refused like unknown fields."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE, "querystring": RAISE}

    def load_json(self, req: Request, schema: Any) -> Any:
        return read_json(req)

    def handle_error(
        self, error: ValidationError, req: Request, schema: Any, *, error_status_code: int | None, error_headers: Any
    ) -> NoReturn:
        assert isinstance(error.messages, dict)  # noqa: S101 (webargs puts them under the place they were found in)
        ((place, messages),) = error.messages.items()
        named = {"json": "body", "form": "body", "files": "body", "querystring": "query", "headers": "header"}.get(
            place, place
        )
        raise Refused.fields(field_errors(messages, named))


class Blueprint(SmorestBlueprint):
    """A blueprint of the REST door. Views also carry a mark of declare.py; without one the application does not start.

    Every operation's possible refusals are in the document: those its access, arguments and address bring about by
    themselves, and those it names with `@blp.refuses(…)`.
    """

    ARGUMENTS_PARSER = _Parser()

    if TYPE_CHECKING:  # flask-smorest has no types; without these every view would lose its own

        def route(self, rule: str, *, methods: list[str] | None = None, **options: Any) -> Callable[[V], V]: ...

        def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Callable[[V], V]: ...

        def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[V], V]: ...

        def alt_response(self, status_code: int, response: Any = None, **options: Any) -> Callable[[V], V]: ...

        @staticmethod
        def doc(**kwargs: Any) -> Callable[[V], V]: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._prepare_doc_cbks.append(self._prepare_answers_doc)

    def refuses(self, *problems: ProblemType) -> Callable[[V], V]:
        """Name the problems a view may raise beyond the general ones. Stands below `@blp.route`, anywhere."""

        def decorate(view: V) -> V:
            setattr(view, _REFUSES, (*getattr(view, _REFUSES, ()), *problems))
            return view

        return decorate

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)  # type: ignore[no-untyped-call]
        for method, doc in self._docs[endpoint].items():
            if method == "parameters":
                continue
            view = getattr(obj, method) if isinstance(obj, type(MethodView)) else obj
            doc["access"] = getattr(view, MARK, None) or getattr(obj, MARK, None)
            doc["refuses"] = getattr(view, _REFUSES, ())
            doc["operation"] = endpoint if view is obj else f"{endpoint}_{method}"

    def register_views_in_doc(self, api: Any, app: Flask, spec: Any, *, name: str, parameters: Any) -> None:
        for endpoint, doc in self._docs.items():
            rule = next(app.url_map.iter_rules(f"{name}.{endpoint}"))
            for method, operation in doc.items():
                if method != "parameters":
                    operation["id"] = f"{name}.{operation['operation']}"
                    operation["has_path"] = bool(rule.arguments)
        super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)  # type: ignore[no-untyped-call]

    def _prepare_answers_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        access: Access | None = doc_info.get("access")
        doc["operationId"] = doc_info["id"]
        doc["security"] = [] if access is None or access.is_public else [{BEARER: []}]
        if access is not None and access.functions:
            doc["x-functions"] = list(access.functions)
        codes: dict[int, list[str]] = {status: [] for status in _own_statuses(doc, doc_info, access)}
        if access is not None and access.recent:
            codes[403].append(CONFIRMATION_NEEDED.code)
        for problem in doc_info["refuses"]:
            codes.setdefault(problem.status, []).append(problem.code)
        answers = doc.setdefault("responses", {})
        for status in sorted(codes):
            answers[str(status)] = _answer_doc(status, codes[status])
            answers.pop(status, None)  # flask-smorest's own 422
        return doc


def _own_statuses(doc: dict[str, Any], doc_info: dict[str, Any], access: Access | None) -> set[int]:
    # 400, 414 and 431 come from the server in front of the views, whatever the operation (server/cli/web_worker.py).
    statuses = {400, 405, 414, 429, 431, 500, 503}
    if access is not None and not access.is_public:
        statuses |= {401, 403}
    if doc_info["has_path"]:
        statuses.add(404)
    if "requestBody" in doc or "requestBody" in doc_info.get("manual_doc", {}):
        statuses |= {413, 415, 422}
    if doc_info.get("arguments"):
        statuses.add(422)
    return statuses


def _answer_doc(status: int, codes: list[str]) -> Any:
    if not codes:
        return _component(status)
    described = deepcopy(_problem_response(status))
    described["description"] += ": " + ", ".join(f"`{code}`" for code in sorted(set(codes)))
    described["x-problem-codes"] = sorted(set(codes))
    return described


def _component(status: int) -> str:
    # By number: Python's names for 413 and 422 change with its version, and the document is compared with a stored one.
    return f"Problem{status}"


def _problem_response(status: int) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status == 405:
        headers["Allow"] = {"schema": {"type": "string"}, "description": "The methods this address takes."}
    if status in (429, 503):
        headers["Retry-After"] = {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds to wait."}
    if status == 401:
        headers["WWW-Authenticate"] = {
            "schema": {"type": "string", "const": "Bearer"},
            "required": True,
            "description": "How to authenticate (RFC 9110).",
        }
    return {
        "description": STATUS_TITLES[status].en,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        **({"headers": headers} if headers else {}),
    }


class _Converter(OpenAPIConverter):
    """apispec's, with what holds between the fields of a schema, and with the functions that the areas have declared."""

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return {**described, **getattr(resolve_schema_instance(schema), "between", {})}

    def field2property(self, field: Any) -> dict[str, Any]:
        described: dict[str, Any] = super().field2property(field)
        if isinstance(field, FunctionField):
            described = {"type": "string", "enum": sorted(FUNCTIONS)}
        # `examples`, as JSON Schema has it: Swagger UI shows its first, but a `default` rather than an OpenAPI `example`.
        described.pop("example", None)
        if "example" in field.metadata:
            return {**described, "examples": [field.metadata["example"]]}
        found = example_of(field.data_key or field.name or "", described)
        return described if found is None else {**described, "examples": [found]}

    def _field2parameter(self, field: Any, *, name: str, location: str) -> dict[str, Any]:
        parameter: dict[str, Any] = super()._field2parameter(field, name=name, location=location)
        parameter["schema"].pop(
            "examples", None
        )  # Swagger UI would fill in all filters at once, and a cursor of nowhere
        return parameter


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


class Api(SmorestApi):
    """The document of one application. `Api.of(app)` makes it; then `register_blueprint` for each area's blueprint."""

    DEFAULT_ERROR_RESPONSE_NAME: str | None = None  # type: ignore[assignment]  # a `default` would let any answer pass for a declared one

    @classmethod
    def of(cls, app: Flask) -> Api:
        """Set up the document of an application, after http.install and before the first blueprint."""
        app.url_map.converters.update({"id": IdConverter, "sha256": Sha256Converter})
        app.config.update(
            API_TITLE="Doorstep",
            API_VERSION=version("doorstep"),
            OPENAPI_VERSION="3.1.0",
            API_SPEC_OPTIONS={
                "info": {
                    "description": "Office and integrators under /api/v1, handhelds under /mobile/v1. Errors are problem+json "
                    "(RFC 9457), lists page by a cursor in the body, instants are RFC 3339 in UTC."
                },
                "servers": [{"url": "/"}],
                "externalDocs": {"description": "All problem codes", "url": "/api/v1/problems"},
            },
        )
        api: Any = cls(spec_kwargs={"marshmallow_plugin": _Plugin()})
        for kind, (json_type, form) in OPENAPI_TYPES.items():
            api.register_field(kind, json_type, form)
        api.register_converter(IdConverter, lambda _converter: dict(ID_SCHEMA))
        api.register_converter(Sha256Converter, lambda _converter: {"type": "string", "pattern": SHA256})
        api.init_app(app)
        api.spec.components.security_scheme(
            BEARER,
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token of a session.",
            },
        )
        api.spec.components.schema("Problem", schema=Problem)
        made: Api = api
        return made

    def register_blueprint(self, blp: SmorestBlueprint, **options: Any) -> None:
        """Register an area's blueprint with the application and the document."""
        super().register_blueprint(blp, **options)  # type: ignore[no-untyped-call]

    def _register_error_handlers(self) -> None:
        """http.py answers all failures, in one form."""

    def _register_responses(self) -> None:
        for status in STATUS_TITLES:
            self.spec.components.response(_component(status), _problem_response(status), lazy=True)

    def _register_pagination_header(self) -> None:
        """Paging is in the body (page_schemas.py): JSON in a header fails its own schema."""

    def _register_doc_blueprint(self) -> None:
        """openapi.py serves the document and its page."""
