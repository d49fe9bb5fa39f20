"""Answers: JSON as this product writes it, problems as problem+json, and the headers every answer has. Reads no request."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
from flask.json.provider import JSONProvider
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from server.core.bodies import parse_json
from server.core.clock import to_text
from server.core.i18n import Language
from server.core.problems import (
    BAD_REQUEST,
    BUSY,
    BY_STATUS,
    INTERNAL,
    RATE_LIMITED,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    Refused,
)

PROBLEM_TYPE = "application/problem+json"

API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""For pages of ours: everything from here, nothing inline."""

_ALWAYS = {
    "Content-Security-Policy": API_CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"


def add_headers(response: Response, *, is_https: bool, request_id: str) -> None:
    """Put the headers of every answer in place; those the view chose itself (a page's CSP, an asset's caching) stay."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if is_https:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    response.headers["X-Request-Id"] = request_id


def problem_answer(refused: Refused, language: Language, request_id: str) -> Response:
    """The refusal as RFC 9457, in the caller's language."""
    response = Response(
        orjson.dumps(refused.to_document(language, request_id)), status=refused.status, content_type=PROBLEM_TYPE
    )
    response.content_language.add(language)
    response.vary.add("Accept-Language")
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    if refused.status == 401:  # whatever the code: RFC 9110 §15.5.2
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refusal_for(error: HTTPException, max_bytes: int) -> Refused:
    """The problem that stands for what werkzeug or Flask raised; of its words nothing is kept."""
    if isinstance(error, RequestEntityTooLarge):
        return Refused(TOO_LARGE, max_bytes=max_bytes)
    if error.code == 415:
        return Refused(UNSUPPORTED_MEDIA_TYPE, accepted="application/json")
    if error.code == 429:
        return Refused(RATE_LIMITED, retry_after=60, limit="other")
    if error.code in (502, 503, 504):
        return Refused(BUSY, retry_after=5)
    fallback = BAD_REQUEST if error.code is not None and error.code < 500 else INTERNAL
    return Refused(BY_STATUS.get(error.code or 500, fallback))


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


class StrictJson(JSONProvider):
    """Flask's JSON: orjson out, strict JSON in. A naive time is an error, as is any type without a form of its own."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, _default, orjson.OPT_PASSTHROUGH_DATETIME).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return parse_json(s.encode("utf-8", "surrogatepass") if isinstance(s, str) else s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        document = self._prepare_response_obj(args, kwargs)
        body = orjson.dumps(document, _default, orjson.OPT_PASSTHROUGH_DATETIME)
        return Response(body, content_type="application/json")
