"""The handheld's files over HTTP: what is kept, what is asked for again, what a page may do, and nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import handheld, home
from server.config import Settings
from server.core import http
from server.core.declare import refuse_undeclared

PAGE = "<!doctype html><title>app</title>"
FILES = {
    "index.html": PAGE,
    "kiosk/index.html": "<!doctype html><title>kiosk</title>",
    "sw.js": "worker" * 400,
    "sw.js.br": "brotli",
    "sw.js.gz": "gzip",
    "manifest.webmanifest": "{}",
    "assets/app-1a2b.js": "script",
    "assets/reader-3c4d.wasm": "wasm",
    "icon-192.png": "picture",
}


def served(folder: Path, *, demo: bool = False) -> FlaskClient:
    app = Flask("server", template_folder=str(Path(home.__file__).parent / "templates"), static_folder=None)
    http.install(app, Settings(rate_limits=False, demo=demo))
    home.install(app)
    handheld.install(app, folder)
    refuse_undeclared(app)
    return app.test_client()


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    dist = tmp_path / "dist"
    for name, content in FILES.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(content)
    (tmp_path / "secret.txt").write_text("secret")
    return served(dist)


@pytest.mark.parametrize("path", ["/app/", "/app/index.html", "/app/today", "/app/customers/0199c1a0", "/app/a.b/c"])
def test_every_address_of_the_app_is_its_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, PAGE, "text/html")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/kiosk/", "/kiosk/index.html", "/kiosk/greeting"])
def test_every_address_of_the_kiosk_is_its_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).text == FILES["kiosk/index.html"]


@pytest.mark.parametrize("path", ["/app", "/kiosk"])
def test_without_its_slash_it_is_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"].removeprefix("http://localhost")) == (308, path + "/")


@pytest.mark.parametrize(
    ("path", "cached"),
    [
        ("/app/sw.js", "no-cache"),
        ("/kiosk/sw.js", "no-cache"),
        ("/app/manifest.webmanifest", "no-cache"),
        ("/app/icon-192.png", "no-cache"),
        ("/app/assets/app-1a2b.js", "public, max-age=31536000, immutable"),
        ("/app/assets/reader-3c4d.wasm", "public, max-age=31536000, immutable"),
    ],
)
def test_only_what_is_named_by_its_hash_is_kept_unasked(client: FlaskClient, path: str, cached: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, cached)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/app/assets/gone-9z.js", "/app/gone.css", "/kiosk/gone.js", "/app/sw.js.br"])
def test_a_file_that_is_not_there_is_no_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if path.endswith(".br"):
        assert answer.text == PAGE  # packed twins have no address of their own
    else:
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/app/../secret.txt", "/app/..%2fsecret.txt", "/app/%2e%2e/secret.txt", "/app/a%00b"])
def test_nothing_outside_the_build_is_served(client: FlaskClient, path: str) -> None:
    assert "secret" not in client.get(path).text


@pytest.mark.parametrize(
    ("accepts", "encoding", "body"),
    [("br, gzip", "br", b"brotli"), ("gzip", "gzip", b"gzip"), ("gzip, br;q=0", "gzip", b"gzip"), ("", None, None)],
)
def test_what_the_build_packed_is_sent_as_it_is(
    client: FlaskClient, accepts: str, encoding: str | None, body: bytes | None
) -> None:
    answer = client.get("/app/sw.js", headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.data == (body or FILES["sw.js"].encode())
    assert answer.mimetype == "text/javascript"
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "wasm"),
    [
        ("/app/", False),
        ("/app/sw.js", False),
        ("/kiosk/", True),
        ("/kiosk/sw.js", True),
        ("/app/kiosk/index.html", True),
    ],
)
def test_a_page_runs_what_is_from_here_and_nothing_inline(client: FlaskClient, path: str, wasm: bool) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == ("'self' 'wasm-unsafe-eval'" if wasm else "'self'")
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", headers["Content-Security-Policy"])
    assert headers["Permissions-Policy"].startswith("camera=(self), geolocation=(self), microphone=()")


@pytest.mark.parametrize("path", ["/app/", "/app/today", "/kiosk/", "/kiosk/x"])
@pytest.mark.parametrize(("language", "says"), [("en", "The handheld is not built"), ("zh-CN", "手持端尚未构建")])
def test_without_a_build_the_page_says_so(tmp_path: Path, path: str, language: str, says: str) -> None:
    answer = served(tmp_path / "none").get(path, headers={"Accept-Language": language})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert says in answer.text
    assert "make run" in answer.text


def test_the_page_at_the_root_leads_to_both(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/app/"' in page
    assert 'href="/kiosk/"' in page


def test_only_a_demo_offers_its_accounts_to_sign_in_with(tmp_path: Path) -> None:
    offered = served(tmp_path, demo=True).get("/app/demo.json")
    assert offered.json is not None
    assert offered.json["organisation"] == "demo"
    assert {"username", "zh", "en"} == offered.json["users"][0].keys()
    assert served(tmp_path).get("/app/demo.json").json == {"users": []}
