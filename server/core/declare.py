"""Who may call a view: the marks on view functions, and the refusal to start with a view that has none.

The marks only say it. server/core/http.py asks the authenticator that the composition root gives it, before each view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask

V = TypeVar("V", bound=Callable[..., Any])

Kind = Literal["public", "signed-in", "function", "device", "kiosk"]
MARK = "__access__"

STEP_UP = 300
"""Seconds since the password was given, for what must not be done from a session left open: export, erase, keys, roles."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller needs.

    public: nothing; `reason` says why that is right. signed-in: a session of any kind. function: a session whose roles grant
    one of `functions`. device: the session of an enrolled device. kiosk: the session of a kiosk.
    recent: the password was given at most that many seconds ago (step-up), 0 for any session.
    """

    kind: Kind
    functions: tuple[str, ...] = ()
    reason: str = ""
    recent: int = 0

    @property
    def is_public(self) -> bool:
        """Whether nobody is asked who he is."""
        return self.kind == "public"


class Undeclared(Exception):
    """The application has routes that do not say who may call them. It must not start."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__("nobody declared who may call " + ", ".join(routes))
        self.routes = routes


def _mark(access: Access) -> Callable[[V], V]:
    def decorate(view: V) -> V:
        if getattr(view, MARK, None) is not None:
            raise ValueError(f"{getattr(view, '__qualname__', view)} says twice who may call it")
        setattr(view, MARK, access)
        return view

    return decorate


def requires(*functions: str, recent: int = 0) -> Callable[[V], V]:
    """The caller's roles must grant one of these functions. Which rows: the operation asks `actor.reach(function)`.

    recent: step-up, the password was given at most that many seconds ago; 0 asks for nothing.
    """
    if not functions:
        raise ValueError("requires() needs a function; for any signed-in person there is signed_in")
    return _mark(Access("function", functions, recent=recent))


def signed_in(view: V) -> V:
    """Any session may call it: what it answers depends on the caller alone."""
    return _mark(Access("signed-in"))(view)


def device_only(view: V) -> V:
    """Only the session of an enrolled device may call it."""
    return _mark(Access("device"))(view)


def kiosk_only(view: V) -> V:
    """Only the session of a kiosk may call it."""
    return _mark(Access("kiosk"))(view)


def public(reason: str) -> Callable[[V], V]:
    """Anyone may call it, for the reason given."""
    if len(reason.strip()) < 10:
        raise ValueError("a public view needs its reason in words")
    return _mark(Access("public", reason=reason))


def declare_public(app: Flask, endpoint: str, reason: str) -> None:
    """Say `public` of a route that a library registered, such as Flask's `static`."""
    public(reason)(app.view_functions[endpoint])


def access_of(app: Flask, endpoint: str, method: str) -> Access | None:
    """What the view for that endpoint and method declares; None when it declares nothing."""
    view: Any = app.view_functions.get(endpoint)
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, method.lower(), None)
        if handler is None and method == "HEAD":
            handler = getattr(view_class, "get", None)
        view = handler if getattr(handler, MARK, None) is not None else view_class
    access = getattr(view, MARK, None)
    return access if isinstance(access, Access) else None


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """All (method, rule, endpoint) of the application, in order of rule. HEAD and OPTIONS follow their route."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or ["OPTIONS"]:
            yield method, rule.rule, rule.endpoint


def refuse_undeclared(app: Flask) -> None:
    """Raises Undeclared naming each route that does not say who may call it. Called last, when all routes are there."""
    missing = [f"{method} {rule}" for method, rule, endpoint in routes(app) if access_of(app, endpoint, method) is None]
    if missing:
        raise Undeclared(missing)
