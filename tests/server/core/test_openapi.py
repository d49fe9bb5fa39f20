"""The OpenAPI document says every answer, and its page asks nobody else for anything."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from server.core.openapi import ASSETS, DOCUMENT_PATH, PAGE_PATH, differences, openapi_document, openapi_text
from server.core.problems import CATALOGUE
from tests.server.core.small_app import document, small_app


@pytest.fixture(scope="module")
def app() -> Flask:
    return small_app()


@pytest.fixture(scope="module")
def spec(app: Flask) -> dict[str, Any]:
    return openapi_document(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_document_is_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(spec).validate()


def test_it_is_the_same_for_the_same_code(app: Flask) -> None:
    assert openapi_text(app) == openapi_text(small_app())


IN_FRONT = {"400", "414", "431"}
"""What the server in front of the views answers, whatever the operation."""


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/api/v1/rows", "get", {"200", "400", "401", "403", "405", "422", "429", "500", "503"}),
        ("/api/v1/rows", "post", {"201", "400", "401", "403", "405", "413", "415", "422", "429", "500", "503"}),
        ("/api/v1/rows/raw", "post", {"400", "401", "403", "405", "413", "415", "422", "429", "500", "503"}),
        ("/api/v1/rows/{row_id}", "get", {"200", "401", "403", "404", "405", "409", "429", "500", "503"}),
    ],
)
def test_an_operation_declares_every_status_it_may_answer(
    spec: dict[str, Any], path: str, method: str, statuses: set[str]
) -> None:
    assert spec["paths"][path][method]["responses"].keys() == statuses | IN_FRONT


def _resolved(spec: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in answer:
        return answer
    found: dict[str, Any] = spec["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


def test_every_refusal_is_a_problem_document(spec: dict[str, Any]) -> None:
    for path in spec["paths"].values():
        for method in ("get", "post"):
            for status, answer in path.get(method, {}).get("responses", {}).items():
                if int(status) >= 400:
                    assert _resolved(spec, answer)["content"] == {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    }
    assert "Allow" in spec["components"]["responses"]["Problem405"]["headers"]
    assert "Retry-After" in spec["components"]["responses"]["Problem429"]["headers"]


def test_an_operation_names_its_own_problems(spec: dict[str, Any]) -> None:
    assert spec["paths"]["/api/v1/rows/{row_id}"]["get"]["responses"]["409"]["x-problem-codes"] == ["core.stale"]
    assert spec["paths"]["/api/v1/rows"]["get"]["responses"]["422"]["x-problem-codes"] == ["core.bad-cursor"]


def test_an_operation_says_who_may_call_it(spec: dict[str, Any]) -> None:
    operation = spec["paths"]["/api/v1/rows"]["post"]
    assert operation["security"] == [{"bearer": []}]
    assert operation["x-functions"] == ["rows.write"]
    assert operation["operationId"] == "rows.add_row"
    assert spec["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_schemas_refuse_unknown_fields_and_describe_ours(spec: dict[str, Any]) -> None:
    row = spec["components"]["schemas"]["Row"]
    assert row["additionalProperties"] is False
    assert row["required"] == ["id", "name"]
    properties = row["properties"]
    assert (properties["id"]["type"], properties["id"]["format"]) == ("string", "uuid")
    assert (properties["name"]["maxLength"], properties["name"]["minLength"]) == (20, 1)
    assert properties["note"]["type"] == ["string", "null"]
    assert properties["grade"]["enum"] == ["A", "B"]
    assert (properties["size"]["minimum"], properties["size"]["maximum"]) == (0, 10)
    assert properties["met_at"]["format"] == "date-time"
    assert properties["met_on"]["format"] == "date"
    assert "PaginationMetadata" not in spec["components"]["schemas"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [("王小明", True), (" a ", True), ("", False), ("  ", False), ("a\nb", False), ("a\x00", False), ("\u202e", False)],
)
def test_the_pattern_of_a_text_is_the_rule_of_its_field(spec: dict[str, Any], text: str, fits: bool) -> None:
    pattern = spec["components"]["schemas"]["Row"]["properties"]["name"]["pattern"]
    assert (re.search(pattern, text) is not None) is fits


def test_ids_in_addresses_are_described_as_they_are_matched(spec: dict[str, Any]) -> None:
    (parameter,) = spec["paths"]["/api/v1/rows/{row_id}"]["parameters"]
    assert parameter["schema"]["format"] == "uuid"
    assert re.fullmatch(parameter["schema"]["pattern"], "018f2f2e-0000-7000-8000-000000000001")


def test_the_kept_copy_is_compared(app: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "openapi.json"
    assert differences(app, kept)
    kept.write_text(openapi_text(app), "utf-8")
    assert differences(app, kept) == []
    kept.write_text(openapi_text(app).replace("rows.add_row", "rows.add"), "utf-8")
    assert any("rows.add_row" in line for line in differences(app, kept))


def test_the_document_is_served_to_everybody(client: FlaskClient, spec: dict[str, Any]) -> None:
    answer = client.get(DOCUMENT_PATH)
    assert answer.content_type == "application/json"
    assert document(answer) == json.loads(json.dumps(spec))


def test_the_catalogue_of_problems_is_served_to_everybody(client: FlaskClient) -> None:
    items = document(client.get("/api/v1/problems"))["items"]
    assert [each["code"] for each in items] == [each.code for each in CATALOGUE]
    assert items[0].keys() == {"code", "status", "zh", "en", "doc"}


class Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._in: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag in ("script", "link", "img", "iframe"):
            self.loads += [value for name in ("src", "href") if (value := given.get(name))]
        self._in = tag if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self._in and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in = None


def test_the_page_loads_from_here_only_and_runs_nothing_inline(client: FlaskClient) -> None:
    answer = client.get(PAGE_PATH)
    page = Page()
    page.feed(answer.text)
    assert page.inline == []
    assert len(page.loads) == 5
    for address in page.loads:
        assert address.startswith(f"{PAGE_PATH}/")
        assert client.get(address).status_code == 200
    assert not re.search(r"(https?:)?//", answer.text.replace("<!doctype html>", ""))


def test_the_pages_policy_allows_scripts_from_here_only(client: FlaskClient) -> None:
    for path in (PAGE_PATH, f"{PAGE_PATH}/start.js", f"{PAGE_PATH}/swagger-ui.css"):
        policy = dict(
            part.strip().split(" ", 1) for part in client.get(path).headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["style-src"] == "'self' 'unsafe-inline'"
        assert policy["img-src"] == "'self' data:"
        assert "http" not in str(policy)


def test_the_start_of_the_page_asks_no_validator(client: FlaskClient) -> None:
    script = client.get(f"{PAGE_PATH}/start.js").text
    assert "validatorUrl: null" in script
    assert f'url: "{DOCUMENT_PATH}"' in script
    assert "//" not in script


@pytest.mark.parametrize("name", ASSETS)
def test_files_of_the_page_are_typed_and_kept_for_a_day(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{PAGE_PATH}/{name}")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.mimetype == {"js": "text/javascript", "css": "text/css", "png": "image/png"}[name.rpartition(".")[2]]
    assert len(answer.data) > 100


@pytest.mark.parametrize(
    "name", ["oauth2-redirect.html", "LICENSE", "..%2f__init__.py", "%2e%2e/flask_swagger_ui.py", "index.html"]
)
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"{PAGE_PATH}/{name}").status_code == 404
