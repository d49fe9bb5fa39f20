"""Encryption can come in under the protected column types and nowhere else: no area, view or page of sync knows of it.

The toy cipher turns the text around. The areas, their doors and the sync are the product's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts.models import User
from server.core.db import Database
from server.core.rows import Row
from server.core.types import Protected
from server.customers.models import Customer, CustomerPhone
from sync_protocol.ids import new_id
from tests.mobile_api.test_exchange import MADE_AT, exchange
from tests.server.accounts.company import Company, Phone, found_company
from tests.support.tenancy import across_organisations
from tests.support.whole_app import whole_app

ID_NUMBER, ADDRESS, NUMBER, REMARK = "11010519491231002X", "北京市一号", "+8613800138000", "爱喝茶"
VALUES = {"name": "王小明", "id_number": ID_NUMBER, "address": ADDRESS, "remark": REMARK}


def turned(text: str | None) -> str | None:
    return None if text is None else text[::-1]


@pytest.fixture
def company(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """With the toy cipher in the base of all protected types. A fresh engine, as types remember what they do by dialect."""
    monkeypatch.setattr(Protected, "process_bind_param", lambda _self, value, _dialect: turned(value), raising=False)
    monkeypatch.setattr(Protected, "process_result_value", lambda _self, value, _dialect: turned(value), raising=False)
    database = Database(database_url)
    yield found_company(database, tmp_path, whole_app)
    database.close()


def stored(company: Company, row: type[Row], name: str) -> set[str | None]:
    """The texts of a column as the database has them."""
    with (
        across_organisations("a look past the types, at all there is"),
        company.database.read(company.org) as connection,
    ):
        rows = connection.exec_driver_sql(f"SELECT {name} FROM {row.__table__.name}")  # noqa: S608 - our own names
        return set(rows.scalars())


def pulled(phone: Phone, collection: str) -> dict[str, list[Any]]:
    """The columns of the one page of a collection."""
    pages = exchange(phone, pull={"cursor": None})["pull"]["pages"]
    (columns,) = [page["columns"] for page in pages if page["collection"] == collection]
    return dict(columns)


def test_what_the_office_writes_is_stored_encrypted_and_read_clear_everywhere(company: Company) -> None:
    wang = company.office("wang")
    made = wang.ok("POST", "/customers", json={**VALUES, "phones": [{"number": NUMBER}]})
    row, (phone,) = f"/customers/{made['id']}", made["phones"]
    assert stored(company, Customer, "id_number") == {turned(ID_NUMBER)}
    assert stored(company, Customer, "address") == {turned(ADDRESS)}
    assert stored(company, Customer, "name") == {"明小王"}
    assert stored(company, CustomerPhone, "number") == {turned(NUMBER)}
    for shown in (made, wang.ok("GET", row), wang.ok("GET", "/customers")["items"][0]):
        assert (shown["name"], shown["remark"], shown["address"]) == ("王小明", REMARK, "北京市***")
        assert (shown["id_number"], shown["phones"][0]["number"]) == ("110***********002X", "138****8000")
    for field, value in (("id_number", ID_NUMBER), ("address", ADDRESS), ("number", NUMBER)):
        which = {"phone_id": phone["id"]} if field == "number" else {}
        revealed = wang.ok("POST", f"{row}/reveal", json={"field": field, "reason": "客户来电", **which})
        assert revealed["value"] == value
    changed = wang.ok("PATCH", row, json={"address": None, "id_number": "11010519491231002X"})
    assert (changed["address"], stored(company, Customer, "address")) == (None, {None})
    history = " ".join(each.body for each in company.events())
    assert "北京市***" in history
    for value in (ID_NUMBER, ADDRESS, NUMBER, REMARK):
        assert value not in history
        assert str(turned(value)) not in history


def test_a_phone_is_found_by_its_last_digits_and_by_the_whole_number(company: Company) -> None:
    """What an index can do when nobody can read the numbers. Of five to ten digits only a readable number tells."""
    wang = company.office("wang")
    made = wang.ok("POST", "/customers", json={**VALUES, "phones": [{"number": NUMBER}]})
    for text, found in (("8000", [made["id"]]), ("13800138000", [made["id"]]), (NUMBER, [made["id"]]), ("8001", [])):
        items = wang.ok("GET", "/customers", query_string={"text": text})["items"]
        assert [each["id"] for each in items] == found, text


def test_what_a_device_pushes_is_stored_encrypted_and_pulled_clear(company: Company) -> None:
    phone, customer, number = Phone(company).signed_in("wang"), new_id(), new_id()
    create = {"action": "create", "base": 0, "made_at": MADE_AT}
    described = {"n": 1, "group": 1, "collection": "customers", "row": customer, "values": VALUES}
    reached = {"n": 2, "group": 2, "collection": "customer_phones", "row": number}
    reached["values"] = {"customer_id": customer, "number": "138 0013 8000"}
    nobody = {"n": 3, "group": 3, "collection": "customers", "row": new_id(), "values": {"name": "李"}}
    operations = [{**create, **each} for each in (described, reached, nobody)]
    push = exchange(phone, push={"operations": operations})["push"]
    assert [each["verdict"] for each in push["verdicts"]] == ["applied"] * 3, push
    assert stored(company, CustomerPhone, "number") == {turned(NUMBER)}
    assert stored(company, Customer, "id_number") == {turned(ID_NUMBER), None}
    for device in (phone, Phone(company).signed_in("jie")):
        columns = pulled(device, "customers")
        assert set(zip(columns["name"], columns["id_number"], columns["address"], columns["remark"], strict=True)) == {
            ("王小明", ID_NUMBER, ADDRESS, REMARK),
            ("李", None, None, None),
        }
        assert pulled(device, "customer_phones")["number"] == [NUMBER]
    # A second device that saw the first version: the merge compares clear values.
    late = {"action": "update", "base": 1, "made_at": MADE_AT, "collection": "customers", "row": customer}
    same = {**late, "n": 4, "group": 4, "values": {"address": ADDRESS}}
    other = {**late, "n": 5, "group": 5, "values": {"address": "上海市二号"}}
    push = exchange(phone, push={"operations": [same, other]})["push"]
    assert {each["verdict"] for each in push["verdicts"]} <= {"applied", "merged", "duplicate"}
    assert stored(company, Customer, "address") == {turned("上海市二号"), None}


def test_staff_are_written_and_read_so_too(company: Company) -> None:
    assert stored(company, User, "phone") == {None, *(turned(f"1380013800{n}") for n in range(2, 9))}
    listed = company.office("boss").ok("GET", "/users")["items"]
    assert {each["phone"] for each in listed} == {None, *(f"138****800{n}" for n in range(2, 9))}
