"""The handheld's files at `/app/`, and the same build's kiosk screen at `/kiosk/`. Without a build, a page that says so."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from flask import Flask, Response, current_app, render_template, request
from werkzeug.datastructures import Accept
from werkzeug.exceptions import NotFound
from werkzeug.http import parse_accept_header
from werkzeug.routing import PathConverter
from werkzeug.security import safe_join

from server.core.answers import PAGE_CSP
from server.core.declare import public
from server.core.http import language

DIST: Final = Path(__file__).parents[1] / "handheld" / "dist"
"""Where `npm run build` puts it."""

APP_CSP = PAGE_CSP.replace("form-action 'self'", "form-action 'none'")
KIOSK_CSP = APP_CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""The kiosk reads cards with WebAssembly, which this allows, and nothing that is written as text."""

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"

_HASHED = "assets/"
"""Names below it carry the hash of what is in them: never other bytes under the same name."""
_WORKER = "sw.js"
_KIOSK_PAGE = "kiosk/index.html"
_FOLDER = "DOORSTEP_HANDHELD"
_PACKED: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


class _Page(PathConverter):
    """What lies below /kiosk/ and is none of the kiosk's door, /kiosk/v1/…: there a wrong address is a problem, no page."""

    regex = r"(?!v[0-9]+(?:/|$))[^/].*?"


def install(app: Flask, folder: Path = DIST) -> None:
    """Add both addresses. folder: of the build; tests give their own."""
    app.extensions[_FOLDER] = folder
    app.add_url_rule("/app/", "handheld_app", app_page)
    app.add_url_rule("/app/<path:name>", "handheld_file", app_file)
    app.add_url_rule("/kiosk/", "kiosk_app", kiosk_page)
    app.url_map.converters["page"] = _Page
    app.add_url_rule("/kiosk/<page:name>", "kiosk_file", kiosk_file)


@public("the program of the handheld; it holds no data, and asks for a sign-in before any")
def app_page() -> Response:
    """The app."""
    return _page("index.html", APP_CSP)


@public("the program of the handheld; it holds no data, and asks for a sign-in before any")
def app_file(name: str) -> Response:
    """A file of the build, or the app itself, which knows what to show at its own addresses."""
    file = _found(name)
    if file is not None and name != "index.html":
        # The kiosk's service worker keeps its page from here; what it keeps it shows with these headers.
        return _file(file, name, KIOSK_CSP if name == _KIOSK_PAGE else APP_CSP)
    if name.startswith(_HASHED) or Path(name).suffix in _TYPES.keys() - {".html"}:
        raise NotFound  # a page in its place would be run as a script
    return _page("index.html", APP_CSP)


@public("the program of the kiosk; it holds no data, and a kiosk has to be enrolled before it does anything")
def kiosk_page() -> Response:
    """The kiosk screen."""
    return _page(_KIOSK_PAGE, KIOSK_CSP)


@public("the program of the kiosk; it holds no data, and a kiosk has to be enrolled before it does anything")
def kiosk_file(name: str) -> Response:
    """What has to lie below /kiosk/: the service worker and the kiosk's manifest. All else is shared, below /app/."""
    file = _found(_WORKER if name == _WORKER else f"kiosk/{name}")
    if file is not None and name != "index.html":
        return _file(file, name, KIOSK_CSP)
    if Path(name).suffix in _TYPES.keys() - {".html"}:
        raise NotFound
    return _page(_KIOSK_PAGE, KIOSK_CSP)


def _found(name: str) -> Path | None:
    """The file of that name in the build, and none that lies outside of it or is a packed twin."""
    joined = safe_join(str(current_app.extensions[_FOLDER]), name)
    if joined is None or Path(name).suffix in _PACKED.values():
        return None
    file = Path(joined)
    return file if file.is_file() else None


def _page(name: str, csp: str) -> Response:
    file = _found(name)
    if file is not None:
        return _file(file, name, csp)
    spoken = language()
    page = Response(render_template("not_built.html", language="zh-CN" if spoken == "zh" else "en", spoken=spoken))
    page.headers["Content-Security-Policy"] = PAGE_CSP
    page.vary.add("Accept-Language")
    return page


def _file(file: Path, name: str, csp: str) -> Response:
    """The file, as the build packed it where the caller takes that. Asked for again each time unless its name is a hash."""
    encoding = next((each for each in _PACKED if _takes(each) and _twin(file, each).is_file()), None)
    body = (_twin(file, encoding) if encoding else file).read_bytes()
    response = Response(body, content_type=_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0])
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    kept = "public, max-age=31536000, immutable" if name.startswith(_HASHED) else "no-cache"
    response.headers["Cache-Control"] = kept
    response.headers["Content-Security-Policy"] = csp
    response.headers["Permissions-Policy"] = PERMISSIONS
    return cast(Response, response.make_conditional(request))


def _twin(file: Path, encoding: str) -> Path:
    return file.with_name(file.name + _PACKED[encoding])


def _takes(encoding: str) -> bool:
    return parse_accept_header(request.headers.get("Accept-Encoding"), Accept).quality(encoding) > 0
