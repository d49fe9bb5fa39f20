"""The OpenAPI document: made, served with its page, and compared with the copy in docs/.

The page is Swagger UI from the wheel flask-swagger-ui; nothing of it is fetched from elsewhere and nothing runs inline.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask
from flask.wrappers import Response
from werkzeug.exceptions import NotFound

from server.core.declare import public
from server.core.problem_types import CATALOGUE, PROBLEMS_PATH

DOCUMENT_PATH = "/api/v1/openapi.json"
PAGE_PATH = "/api/v1/docs"

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes; scripts come from files only."""

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png"}
ASSETS = (
    "swagger-ui.css",
    "index.css",
    "swagger-ui-bundle.js",
    "favicon-16x16.png",
    "favicon-32x32.png",
)
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Doorstep API</title>
<link rel="stylesheet" href="{PAGE_PATH}/swagger-ui.css">
<link rel="stylesheet" href="{PAGE_PATH}/index.css">
<link rel="icon" type="image/png" sizes="32x32" href="{PAGE_PATH}/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>The document itself: <a href="{DOCUMENT_PATH}">{DOCUMENT_PATH}</a></noscript>
<script src="{PAGE_PATH}/swagger-ui-bundle.js"></script>
<script src="{PAGE_PATH}/start.js"></script>
</body>
</html>
"""
# validatorUrl: without null the page would show a badge from a server on the internet.
_START = f"""window.ui = SwaggerUIBundle({{
  url: "{DOCUMENT_PATH}",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
}});
"""


def openapi_document(app: Flask) -> dict[str, Any]:
    """The document of that application: the same for the same code, with its parts in order of name."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    # Through JSON and back: statuses become the texts they are in JSON, so that both forms compare equal.
    document = orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))
    document["paths"] = dict(sorted(document["paths"].items()))
    document["tags"] = sorted(document.get("tags", []), key=lambda tag: str(tag["name"]))
    for part, entries in document.get("components", {}).items():
        document["components"][part] = dict(sorted(entries.items()))
    return document


def openapi_text(app: Flask) -> str:
    """The document as `doorstep openapi` prints it and docs/openapi.json keeps it."""
    return orjson.dumps(openapi_document(app), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def differences(app: Flask, kept: Path) -> list[str]:
    """Where the kept copy differs from the document, as lines of a diff; none when it is up to date."""
    old = kept.read_text("utf-8").splitlines() if kept.exists() else []
    return list(difflib.unified_diff(old, openapi_text(app).splitlines(), str(kept), "this code", lineterm=""))


def serve(app: Flask) -> None:
    """Serve the document, its page and the catalogue of problems. Called after the last blueprint is registered."""
    pages = Blueprint("openapi", __name__)
    body = orjson.dumps(openapi_document(app))

    @pages.get(DOCUMENT_PATH)
    @public("integrators read it before they have an account")
    def document() -> Response:
        return Response(body, content_type="application/json", headers={"Cache-Control": "no-cache"})

    @pages.get(PAGE_PATH)
    @public("integrators read it before they have an account")
    def page() -> Response:
        return Response(_PAGE, content_type="text/html; charset=utf-8", headers=_page_headers("no-cache"))

    @pages.get(f"{PAGE_PATH}/start.js")
    @public("part of the page of the API")
    def start() -> Response:
        return Response(_START, content_type=_TYPES[".js"], headers=_page_headers("no-cache"))

    @pages.get(f"{PAGE_PATH}/<name>")
    @public("part of the page of the API")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise NotFound
        headers = _page_headers("public, max-age=86400")
        return Response(_asset(name), content_type=_TYPES[Path(name).suffix], headers=headers)

    @pages.get(PROBLEMS_PATH)
    @public("what a refusal means is no secret")
    def problems() -> dict[str, Any]:
        return {
            "items": [
                {"code": each.code, "status": each.status, "zh": each.text.zh, "en": each.text.en, "doc": each.doc}
                for each in CATALOGUE
            ],
            "next": None,
        }

    app.register_blueprint(pages)


def _page_headers(caching: str) -> dict[str, str]:
    return {"Content-Security-Policy": PAGE_CSP, "Cache-Control": caching}


@cache
def _asset(name: str) -> bytes:
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise NotFound
    return (Path(spec.origin).parent / "dist" / name).read_bytes()
