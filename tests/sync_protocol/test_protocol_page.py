"""docs/protocol.md says what the code does: rules name tests that exist, tables are complete, the example runs."""

from __future__ import annotations

import importlib
import json
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from sync_protocol import operations, wire
from sync_protocol.codes import CATALOGUE
from sync_protocol.cursors import MAX_BUCKETS, parse_cursor
from sync_protocol.envelope import MAX_PAGE_BYTES, parse_answer, parse_exchange
from sync_protocol.ids import ID_PATTERN
from sync_protocol.phone import MemoryStorage, Step
from sync_protocol.phone.answers import Taken, take_answer
from sync_protocol.phone.entries import Entry
from sync_protocol.phone.store import Checkpoint, Counters, Draft, Store
from sync_protocol.verdicts import Verdict
from tests.sync_protocol.model_server import SHAPES

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "protocol.md").read_text(encoding="utf-8")
RULES = re.findall(r"^- \*\*([MS])(\d+)\*\* .*? · `([\w/]+\.py)::(\w+)`$", PAGE, re.MULTILINE)


def rows_after(heading: str) -> list[list[str]]:
    """The cells of the first table whose header begins so."""
    lines = PAGE[PAGE.index(f"\n{heading}") + 1 :].splitlines()[2:]
    table = takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_rules_are_numbered_without_a_hole_and_each_has_its_test() -> None:
    assert len(RULES) == len(re.findall(r"^- \*\*[MS]\d", PAGE, re.MULTILINE))
    for letter in "MS":
        numbers = [int(number) for kind, number, _, _ in RULES if kind == letter]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "".join(rule[:2]))
def test_the_test_of_a_rule_exists(rule: tuple[str, str, str, str]) -> None:
    _, _, path, name = rule
    module = importlib.import_module("tests.sync_protocol." + path.removesuffix(".py").replace("/", "."))
    assert hasattr(module, name)


def test_rules_referred_to_exist() -> None:
    known = {kind + number for kind, number, _, _ in RULES}
    assert set(re.findall(r"\b([MS]\d+)\b", PAGE)) <= known


def test_every_code_is_in_the_table_as_it_is_in_the_catalogue() -> None:
    table = {row[0].strip("`"): row[1:] for row in rows_after("| code | level |")}
    assert table == {
        name: [code.level, str(code.status), ", ".join(code.params), code.meaning] for name, code in CATALOGUE.items()
    }


def test_every_refusal_is_in_the_error_table() -> None:
    errors = PAGE[PAGE.index("| status | code | the device |") : PAGE.index("**M25**")]
    for code in CATALOGUE.values():
        if code.level == "request":
            assert any(line.startswith(f"| {code.status}") and f"`{code.code}`" in line for line in errors.splitlines())


def test_every_verdict_and_every_wire_type_has_its_line() -> None:
    assert [row[0].strip("`") for row in rows_after("| verdict | means |")] == [verdict.value for verdict in Verdict]
    kinds: list[wire.WireType] = [
        wire.ID,
        wire.TEXT(1),
        wire.CODE("a"),
        wire.INTEGER(),
        wire.BOOLEAN,
        wire.INSTANT,
        wire.DAY,
        wire.JSON,
    ]
    assert [row[0].strip("`") for row in rows_after("| type | JSON |")] == [kind.describe()["x-wire"] for kind in kinds]


def test_limits_are_those_of_the_code() -> None:
    limits = {row[0]: row[1] for row in rows_after("| what | limit |")}
    assert limits["operations of a push"] == str(operations.MAX_OPERATIONS)
    assert limits["one operation, canonical JSON"] == f"{operations.MAX_OPERATION_BYTES} bytes"
    assert limits["JSON depth of an operation"] == str(operations.MAX_DEPTH)
    assert limits["pull part of an answer"] == f"{MAX_PAGE_BYTES >> 20} MiB uncompressed"
    assert limits["buckets of a cursor"].startswith(f"{MAX_BUCKETS},")
    assert "[1-8]" in ID_PATTERN


def test_links_within_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) == anchors


def example() -> tuple[dict[str, Any], dict[str, Any]]:
    request, answer = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return json.loads(request), json.loads(answer)


def test_the_example_is_read_and_its_verdicts_are_the_librarys() -> None:
    request, answer = example()
    read = parse_exchange(request, SHAPES)
    assert read.operations is not None
    faults = {each.n: each.fault for each in read.operations if each.fault}
    assert list(faults) == [8]
    refused = parse_answer(answer).push
    assert refused is not None
    assert (faults[8].code, faults[8].params) == (refused.decisions[1].code, refused.decisions[1].params)


def test_the_example_runs_on_the_reference_device() -> None:
    request, answer = example()
    store = Store(MemoryStorage())
    cursor = parse_cursor(request["pull"]["cursor"])
    draft = Draft(store)
    draft.number(Counters(request["enrolment"], 10, 7, 10))
    for sent in request["push"]["operations"]:
        draft.put_entry(Entry(serial=sent["n"], enrolment=request["enrolment"], effect=sent["values"], **sent))
    draft.adopt(Checkpoint(cursor, 41))
    draft.commit()

    class Asked:
        enrolment = request["enrolment"]
        numbers = (7, 8, 9)
        cursor = store.checkpoint.cursor

    taken: Taken = take_answer(store, Asked(), 200, {}, json.dumps(answer).encode())
    assert taken.exchanged.step == Step.DONE
    assert [row["name"] for row in store.shown("customers").values()] == ["王小明", "Li Na"]
    assert [(mend.entry.n, mend.code) for mend in store.mend()] == [
        (8, "sync.unknown-choice"),
        (9, "sync.group-failed"),
    ]
    assert (store.checkpoint.head, store.entries) == (46, {})
