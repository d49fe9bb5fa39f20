"""The catalogue of codes: complete, and each with a status the device knows what to do with."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import sync_protocol
from sync_protocol import codes
from sync_protocol.codes import CATALOGUE, ProtocolError

SOURCES = sorted(Path(sync_protocol.__file__).parent.rglob("*.py"))


def test_every_code_has_its_form_and_its_name() -> None:
    for name, code in CATALOGUE.items():
        assert name == code.code
        assert re.fullmatch(r"sync\.[a-z0-9]+(-[a-z0-9]+)*", name)
        assert code.meaning.endswith(".")


def test_refused_requests_keep_to_client_errors() -> None:
    assert {code.status for code in CATALOGUE.values() if code.level == "request"} == {400, 403, 409, 413}


def test_no_code_is_written_out_where_it_is_used() -> None:
    """Codes of the wire come from the catalogue; the device's own two are named in the page."""
    own = {"sync.malformed-answer", "sync.stale-answer"}
    for source in SOURCES:
        if source.name == "codes.py":
            continue
        texts = {node.value for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Constant)}
        found = {text for text in texts if isinstance(text, str) and re.fullmatch(r"sync\.[a-z-]+", text)}
        assert found <= own, source


def test_a_refusal_knows_its_status() -> None:
    assert ProtocolError(codes.GAP, expected=3).status == 409
    assert ProtocolError(codes.TOO_MANY, max=500).status == 413


@pytest.mark.parametrize("error", [ProtocolError(codes.GAP, expected=3), codes.WireError(codes.GAP, expected=3)])
def test_an_error_says_what_it_is(error: Any) -> None:
    assert (error.code, error.params) == (codes.GAP, {"expected": 3})
    assert str(error) == "sync.gap {'expected': 3}"
