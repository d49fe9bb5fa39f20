"""The page at `/`: what runs here, with links to the rest, in the caller's language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, send_from_directory

from server.core.answers import PAGE_CSP
from server.core.declare import public
from server.core.http import language, of

_STATIC = Path(__file__).parent / "static"

_TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "what": "不动产销售团队的随身系统：离线计划、拜访、记录，联网后一次送达。",
        "demo": "演示账号",
        "demo_says": "企业代码 demo，密码均为 doorstep-demo。",
        "user": "用户名",
        "role": "角色",
    },
    "en": {
        "what": "What a property sales force carries in its hand: plan, visit and log without a network; all arrives once.",
        "demo": "Demo accounts",
        "demo_says": "Organisation demo; the password of all of them is doorstep-demo.",
        "user": "User name",
        "role": "Role",
    },
}
_DOORS: tuple[tuple[str, dict[str, tuple[str, str]]], ...] = (
    (
        "/app/",
        {
            "zh": ("手持端", "置业顾问与经理每天使用，断网也能用"),
            "en": ("The handheld", "What salespeople and supervisors work with, with or without a network"),
        },
    ),
    (
        "/kiosk/",
        {
            "zh": ("前台自助", "会员刷卡、扫码签到的屏幕"),
            "en": ("The kiosk", "The screen at a reception that reads members' cards"),
        },
    ),
    (
        "/api/v1/docs",
        {
            "zh": ("接口文档", "所有接口，可直接试用"),
            "en": ("API documentation", "Every operation, to read and to try"),
        },
    ),
    ("/api/v1/openapi.json", {"zh": ("OpenAPI 3.1", "供工具读取"), "en": ("OpenAPI 3.1", "For tools")}),
    (
        "/api/v1/problems",
        {
            "zh": ("错误代码", "含义与处理办法，JSON 格式"),
            "en": ("Problem codes", "What each means and what to do, as JSON"),
        },
    ),
    ("/readyz", {"zh": ("运行状态", "数据库与迁移"), "en": ("Readiness", "Database and migrations")}),
)
_DEMO: tuple[tuple[str, dict[str, str]], ...] = (
    ("li.wang", {"zh": "东区置业顾问", "en": "Salesperson, team East"}),
    ("min.zhao", {"zh": "东区置业顾问", "en": "Salesperson, team East"}),
    ("na.sun", {"zh": "西区置业顾问", "en": "Salesperson, team West"}),
    ("jie.chen", {"zh": "东区案场经理", "en": "Supervisor of East"}),
    ("hong.wu", {"zh": "西区案场经理", "en": "Supervisor of West"}),
    ("yang.liu", {"zh": "销售总监", "en": "Sales director"}),
    ("fang.zhou", {"zh": "财务", "en": "Finance"}),
    ("admin", {"zh": "管理员", "en": "Administrator"}),
)


def install(app: Flask) -> None:
    """Add the page and its files."""
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/static/<path:name>", view_func=static_file)
    app.add_url_rule("/app/demo.json", view_func=demo_accounts)


@public("says what runs here and links the rest; shows no data")
def home() -> Response:
    """The page at the root."""
    spoken = language()
    page: dict[str, Any] = {
        "language": "zh-CN" if spoken == "zh" else "en",
        "text": _TEXTS[spoken],
        "doors": [{"href": href, "name": says[spoken][0], "says": says[spoken][1]} for href, says in _DOORS],
        "demo": [(user, role[spoken]) for user, role in _DEMO] if of(current_app).settings.demo else [],
    }
    response = Response(render_template("home.html", **page), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_CSP
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Language")
    return response


@public("whether this server is a demo, whose accounts are public; nothing on any other")
def demo_accounts() -> Response:
    """What the handheld's sign-in offers to fill in. No users: this is no demo."""
    users = [{"username": user, **role} for user, role in _DEMO] if of(current_app).settings.demo else []
    response = jsonify(
        {"organisation": "demo", "password": "doorstep-demo", "users": users} if users else {"users": users}
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@public("style of the page at the root")
def static_file(name: str) -> Response:
    """A file of server/static."""
    response = send_from_directory(_STATIC, name, max_age=3600)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
