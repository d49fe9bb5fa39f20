"""500 operations with 5 bad ones, over HTTP: 495 are applied, 5 are kept where their author and the office see them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from server.core.db import Database as Engine
from server.core.rows import c
from server.customers.models import Customer
from sync_protocol import codes
from sync_protocol.ids import new_id
from tests.server.accounts.company import Phone, found_company
from tests.support.databases import Database
from tests.support.whole_app import whole_app

BAD: dict[int, tuple[dict[str, Any], str]] = {
    1: ({"values": {"name": "x", "colour": "red"}}, codes.UNKNOWN_FIELD),
    101: ({"values": {"name": "x", "grade": "Z"}}, codes.UNKNOWN_CHOICE),
    102: ({"row": "no-id"}, codes.BAD_ROW_ID),
    251: ({"action": "update", "values": {"grade": "A"}}, "core.not-found"),
    500: ({"collection": "fairies"}, codes.UNKNOWN_COLLECTION),
}
"""n → (what is wrong with it, the code it is refused with)"""


def test_500_operations_with_5_bad_ones_apply_495(database: Database, tmp_path: Path) -> None:
    engine = Engine(database.app_url, pool_size=4)
    try:
        company = found_company(engine, tmp_path, whole_app)
        handset = Phone(company).signed_in("wang")
        operations = [
            {
                "n": n,
                "group": n,
                "collection": "customers",
                "action": "create",
                "row": new_id(),
                "base": 0,
                "values": {"name": f"c{n}"},
                "made_at": 1_740_967_200_000,
                **BAD.get(n, ({}, ""))[0],
            }
            for n in range(1, 501)
        ]

        def exchange() -> Any:
            body = {
                "protocol": 1,
                "schema": 1,
                "enrolment": handset.answer["enrolment"],
                "sent_at": 1_740_967_200_000,
                "push": {"operations": operations},
            }
            answer = company.call(
                "POST",
                "/mobile/v1/exchange",
                token=handset.answer["access_token"],
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code == 200, answer.get_data()
            return answer.json["push"]

        first = exchange()
        assert first["acknowledged"] == 500
        verdicts = {each["n"]: each for each in first["verdicts"]}
        assert Counter(each["verdict"] for each in verdicts.values()) == {"applied": 495, "rejected": 5}
        assert {n: verdicts[n]["code"] for n in BAD} == {n: code for n, (_, code) in BAD.items()}
        assert exchange() == first  # the answer was lost: asked again, nothing is done again

        columns = c(Customer)
        with engine.read(company.org) as connection:
            statement = select(func.count()).where(columns.org_id == company.org)
            assert connection.execute(statement).scalar_one() == 495
        for who in ("jie", "boss"):
            listed = company.office(who).ok("GET", "/sync-issues?limit=100")["items"]
            assert sorted(each["n"] for each in listed) == sorted(BAD), who
    finally:
        engine.close()
