"""Examples for the OpenAPI document, by type of field and by name of member: one name means one thing in all of it.

A member whose meaning differs says so itself, with `metadata={"example": …}`. Nobody here is real: numbers, names and
places are of the demo's kind (server/cli/demo_load/inventing.py), the days lie in one week of 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

DAY = "2025-03-03"
INSTANT = "2025-03-03T01:30:00.000Z"
"""09:30 of DAY in Shanghai."""

USUAL = frozenset((
    "active", "bachelor", "CNY", "conflict", "customers.read", "done", "held", "inside", "met", "online", "open", "person",
    "plausible", "prospect", "team", "verified", "zh",
))  # fmt: skip
"""Codes shown in place of the first of their set, which is that of the alphabet only."""

BY_NAME: Mapping[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk0In0.c2lnbmF0dXJl",
    "accuracy_m": 15,
    "action": "update",
    "actual_ended_at": "2025-03-03T02:30:00.000Z",
    "address": "湖畔路 8 号 3 幢 1201 室",
    "age": 35,
    "answer": "2026 年 6 月通车",
    "app_version": "1.4.0",
    "assignee_name": "王丽",
    "birth_year": 1990,
    "born_on": "1990-05-20",
    "card_number": "7KQ29XZ4",
    "centre_name": "湖畔花园售楼处",
    "code": "core.not-found",
    "collection": "customers",
    "comment": "缺少拜访记录",
    "contact_name": "陈芳",
    "closing_note": "周五签约",
    "competitor": "江景苑",
    "currency": "CNY",
    "customer_name": "张伟",
    "description": "去客户现场",
    "detail": "没有找到，或不在您的权限范围内。",
    "distance_m": 42,
    "done_note": "已电话确认",
    "due_at": "2025-03-05T02:00:00.000Z",
    "due_on": "2025-03-05",
    "en": "See customers",
    "end_received_at": "2025-03-03T02:30:05.000Z",
    "ended_at": "2025-03-03T02:30:00.000Z",
    "expires_at": "2025-03-04T01:30:00.000Z",
    "expires_in": 600,
    "facts": {"visits_planned": 6, "visits_done": 5, "questions_open": 1},
    "fix_age_s": 8,
    "from": "01940000-0000-7000-8000-000000000001",
    "hash": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    "head": 1042,
    "id_number": "D1234567",
    "importance": 2,
    "impression": "看重学区，顾虑总价",
    "installation": "doorstep-web-7f3a",
    "key": "2025-03",
    "key_value": "总价 320 万",
    "kind": "expense_claim",
    "label": "手机",
    "latitude_e7": 312304000,
    "longitude_e7": 1214737000,
    "name": "王丽",
    "name_en": "Opening",
    "name_zh": "开盘",
    "needs": "三室两厅，近地铁",
    "next": "eyJhZnRlciI6MTA0Mn0",
    "next_plan": "回访三位意向客户",
    "next_step": "周三前送户型图",
    "note": "上午东区，下午回访",
    "nothing_next": "已选定，等签约",
    "number": "0042",
    "organisation": "demo",
    "organisation_name": "晨曦置业",
    "owner_name": "王丽",
    "params": {},
    "password": "doorstep-demo",
    "old_password": "doorstep-demo",
    "person_name": "王丽",
    "phone": "15400000042",
    "place": "湖畔花园售楼处",
    "planned_end_at": "2025-03-03T02:30:00.000Z",
    "planned": 6,
    "platform": "web",
    "position": 10,
    "probability": 50,
    "problems": "缺 B 户型资料",
    "progress": "预留两套房源",
    "purpose": "看样板间",
    "reason": "客户要求",
    "reference": "2025-03-A",
    "repeat_every": 1,
    "refresh_token": "dr1.01940000.c2VjcmV0",
    "remark": "周末有空",
    "requester_name": "王丽",
    "request_id": "0194f3a2c6d17a40",
    "result": "看了两套，喜欢 1201",
    "sales_centre": "湖畔花园售楼处",
    "sender_code": "8001",
    "server_time": 1740965400000,
    "session_expires_at": "2025-04-02T01:30:00.000Z",
    "site_latitude_e7": 312304000,
    "site_longitude_e7": 1214737000,
    "site_radius_m": 200,
    "stage_code": "lead",
    "summary": "完成五次拜访，两位客户意向明确",
    "text": "带户型图回访",
    "timezone": "Asia/Shanghai",
    "title": "置业顾问",
    "unit_name": "东区",
    "topic": "expenses",
    "urgency": 2,
    "username": "li.wang",
    "zh": "查看客户",
}


def example_of(name: str, described: Mapping[str, Any]) -> Any:
    """A value of that member, given its JSON Schema; None when nobody can know one.

    An id is made of the member's name, so that the rows that one example names are told apart.
    """
    if codes := [code for code in described.get("enum", ()) if code is not None]:
        return next((code for code in codes if code in USUAL), codes[0])
    if described.get("type") == "array" or described.keys() & {"$ref", "allOf", "anyOf"}:
        return None  # shown by what is in it
    if name in BY_NAME:
        return BY_NAME[name]
    match described.get("format"):
        case "uuid":
            return f"01940000-0000-7000-8000-{crc32(name.encode()):012x}"
        case "date":
            return DAY
        case "date-time":
            return INSTANT
    kinds = described.get("type", ())
    if "boolean" in kinds:
        return False
    if "integer" in kinds:
        return max(1, described.get("minimum", 1))
    return None
