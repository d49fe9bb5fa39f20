"""Where the product meets Flask: what happens around every request, and how every failure is answered.

The only module of core, beside auth.py, that reads `request` and `g`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, request
from flask.wrappers import Request, Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from server.config import Settings
from server.core import logs
from server.core.answers import StrictJson, add_headers, problem_answer, refusal_for
from server.core.bodies import MAX_JSON_BYTES, parse_json, unpack_gzip
from server.core.compression import compressed
from server.core.declare import Access, access_of, public
from server.core.i18n import Language, choose_language, is_language
from server.core.limits import Limits, Rate, address_key
from server.core.metrics import CONTENT_TYPE, Metrics
from server.core.problems import (
    INTERNAL,
    MALFORMED_JSON,
    NOT_FOUND,
    NOT_READY,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
    Refused,
)

log = logs.logger("http")

Authenticate = Callable[[Access], None]
"""Finds out who calls and whether he may: fills `g.actor`, or raises Refused UNAUTHENTICATED or FORBIDDEN."""

Translate = Callable[[Exception], Refused | None]
"""Knows the refusal that an exception of a library stands for, such as BUSY for a database that did not answer."""

Check = tuple[str, Callable[[], None]]
"""A name and a function that raises when that part is not ready."""

MAX_FORM_BYTES = 500_000
MAX_FORM_PARTS = 50
UNHURRIED = "__unhurried__"


@dataclass(slots=True)
class Http:
    """What one application carries for this module; `of(app)` finds it."""

    settings: Settings
    limits: Limits
    metrics: Metrics = field(default_factory=Metrics)
    authenticate: Authenticate | None = None
    translate: Sequence[Translate] = ()
    checks: Sequence[Check] = ()


def install(
    app: Flask,
    settings: Settings,
    *,
    authenticate: Authenticate | None = None,
    translate: Sequence[Translate] = (),
    checks: Sequence[Check] = (),
    limits: Limits | None = None,
) -> Http:
    """Set up an application, before any of its routes is added. Call declare.refuse_undeclared(app) after the last one.

    authenticate: asked before every view that is not public; without one, all of those refuse.
    checks: what /readyz asks.
    """
    http = Http(settings, limits or Limits.from_settings(settings), Metrics(), authenticate, translate, checks)
    app.extensions["doorstep"] = http
    app.json = StrictJson(app)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_JSON_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # no other origin calls us, so nobody needs the answer
    )
    app.url_map.merge_slashes = False  # `//` is not `/`: a redirect would be an answer no operation declares
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.before_request(_admit)
    app.after_request(_finish)
    app.register_error_handler(Refused, _answer_refused)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(Exception, _answer_unexpected)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)
    return http


def of(app: Flask) -> Http:
    """What `install` set up for that application."""
    http: Http = app.extensions["doorstep"]
    return http


def _here() -> Http:
    http: Http = current_app.extensions["doorstep"]
    return http


# -- for views and auth.py ------------------------------------------------------------------------------------------------


def request_id() -> str:
    """The id of this request: in its log lines, its X-Request-Id and its problem. Ours always: a caller's could lie."""
    known: str | None = g.get("request_id")
    if known is None:
        known = g.request_id = secrets.token_hex(8)
    return known


def language() -> Language:
    """The caller's language: what Accept-Language asks for, else his own setting, else the installation's."""
    own = getattr(g.get("actor"), "locale", None)
    default = own if isinstance(own, str) and is_language(own) else _here().settings.language
    return choose_language(request.headers.get("Accept-Language"), default)


def wanted(*media_types: str) -> str:
    """Which of these `Accept` prefers; the first of them when it says nothing of any."""
    return request.accept_mimetypes.best_match(media_types, default=media_types[0])


def client_address() -> str:
    """The caller's address as limits count it (limits.address_key), behind exactly PROXY_HOPS proxies."""
    return address_key(request.remote_addr)


def limit(rate: Rate, *key: str) -> None:
    """Count this request against a limit, by the caller's address unless a key is given. Raises Refused RATE_LIMITED."""
    _here().limits.hit(rate, *(key or (client_address(),)))


def unhurried(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that waits on purpose (long poll), so that its time is not counted as slowness."""
    setattr(view, UNHURRIED, True)
    return view


def read_json(
    source: Request | None = None, *, max_bytes: int = MAX_JSON_BYTES, gzip: bool = False, unfit_text: bool = False
) -> Any:
    """The JSON document the caller sent.

    max_bytes: counted after unpacking. gzip: also take `Content-Encoding: gzip` (bodies.unpack_gzip says how far).
    unfit_text: as in bodies.parse_json. Raises Refused MALFORMED_JSON, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_FIELDS.
    """
    source = source or request
    if (
        not source.mimetype
        and not source.content_length
        and "chunked" not in source.headers.get("Transfer-Encoding", "")
    ):
        raise Refused(MALFORMED_JSON, reason="missing")
    charset = source.mimetype_params.get("charset", "utf-8").lower()
    if source.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise Refused(UNSUPPORTED_MEDIA_TYPE, accepted="application/json")
    packing = source.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip") or (packing == "gzip" and not gzip):
        raise Refused(UNSUPPORTED_MEDIA_TYPE, accepted="application/json, gzip" if gzip else "application/json")
    # One byte more than allowed: at its maximum werkzeug's stream just ends, and a body of unsaid length would be cut off.
    source.max_content_length = max_bytes + 1
    try:
        raw = unpack_gzip(source.stream, max_bytes=max_bytes) if packing == "gzip" else source.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Refused(TOO_LARGE, max_bytes=max_bytes) from None
    if len(raw) > max_bytes:
        raise Refused(TOO_LARGE, max_bytes=max_bytes)
    return parse_json(raw, unfit_text=unfit_text)


# -- around every request ---------------------------------------------------------------------------------------------------


def _begin() -> None:
    g.begun = time.perf_counter()
    logs.unbind_all()
    logs.bind(request_id=request_id())


def _admit() -> None:
    """Nobody reaches a view that does not say who may call it, nor one that is not meant for him."""
    if request.url_rule is None or request.endpoint is None:
        return  # no such address or method: answered as such, whoever asks
    access = access_of(current_app, request.endpoint, request.method)
    if access is not None and access.is_public:
        return
    authenticate = _here().authenticate
    if access is None or authenticate is None:
        raise Refused(UNAUTHENTICATED)
    authenticate(access)


def _finish(response: Response) -> Response:
    http = _here()
    compressed(response, request.headers.get("Accept-Encoding"))
    add_headers(response, is_https=http.settings.is_https, request_id=request_id())
    route = request.url_rule.rule if request.url_rule is not None else None
    seconds = time.perf_counter() - g.begun if "begun" in g else None
    waits = getattr(current_app.view_functions.get(request.endpoint or ""), UNHURRIED, False)
    code: str | None = g.get("problem_code")
    http.metrics.answered(request.method, route, response.status_code, None if waits else seconds, code)
    if route not in ("/healthz", "/readyz", "/metrics"):
        ms = None if seconds is None else round(seconds * 1000, 1)
        log.info("answered", method=request.method, route=route, status=response.status_code, code=code, ms=ms)
    return response


# -- failures ---------------------------------------------------------------------------------------------------------------


def _answer_refused(refused: Refused) -> Response:
    g.problem_code = refused.code
    return problem_answer(refused, language(), request_id())


def _answer_http_exception(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirect, or an answer somebody made on purpose
    answer = _answer_refused(refusal_for(error, request.max_content_length or MAX_JSON_BYTES))
    # What the status itself asks for: Allow of a 405 (RFC 9110 §15.5.6), Content-Range of a 416, Retry-After.
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "content-range", "retry-after", "www-authenticate"):
            answer.headers[name] = value
    return answer


def _answer_unexpected(error: Exception) -> Response:
    for translate in _here().translate:
        refused = translate(error)
        if refused is not None:
            log.warning("a part failed", code=refused.code, exc_info=error)
            return _answer_refused(refused)
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.error("unexpected failure", route=request.url_rule.rule if request.url_rule else None, exc_info=error)
    return _answer_refused(Refused(INTERNAL))


# -- for operators ------------------------------------------------------------------------------------------------------------


@public("a load balancer has no account; it learns that the process runs")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@public("a load balancer has no account; it learns the names of failing parts")
def readyz() -> dict[str, Any]:
    """The process can do its work: all checks pass. Else 503 with their names; why they fail is in the log."""
    failing = []
    for name, check in _here().checks:
        try:
            check()
        except Exception:
            log.warning("not ready", check=name, exc_info=True)
            failing.append(name)
    if failing:
        raise Refused(NOT_READY, failing=failing)
    return {"status": "ready", "checks": [name for name, _ in _here().checks]}


@public("asks for its own token: METRICS_TOKEN")
def metrics() -> Response:
    """Counters in the format of Prometheus. In production only with the token; without one there is no such page."""
    settings = _here().settings
    if settings.metrics_token is not None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {settings.metrics_token}".encode()):
            raise Refused(UNAUTHENTICATED)
    elif settings.is_production:
        raise Refused(NOT_FOUND)
    return Response(_here().metrics.page(), content_type=CONTENT_TYPE)
