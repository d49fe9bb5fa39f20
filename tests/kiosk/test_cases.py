"""The recorded cases are what the server takes and what docs/kiosk.md says, so that another kiosk can be held to them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.chain import Order, b64url, genesis, judge_order
from kiosk.schemas import OUTCOMES, EnrolmentIn, ReadingAnswer, StationOut, VisitorIn
from kiosk.statements import MEMBERS, SOURCES, STATEMENT_TYPE, public_key, read_statement
from kiosk.texts import TEXTS
from server.accounts.proof import verify_proof
from server.core.types import from_ms
from server.membership.cards import printed
from server.membership.cards.reading import Unreadable

CASES = Path(__file__).parent / "cases"
PAGE = (Path(__file__).parents[2] / "docs" / "kiosk.md").read_text("utf-8")


def case(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text("utf-8"))


def private_key(jwk: dict[str, str]) -> ec.EllipticCurvePrivateKey:
    key = jwt.PyJWK(jwk, algorithm="ES256").key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def test_the_recorded_readings_are_read_and_follow_each_other() -> None:
    found = case("01-chain-of-readings")
    key = public_key({name: found["key"][name] for name in ("kty", "crv", "x", "y")})
    assert (
        found["genesis"] == genesis(found["enrolment"]) == b64url(hashlib.sha256(found["genesis_of"].encode()).digest())
    )
    known: dict[int, Any] = {}
    for recorded in found["readings"]:
        statement = read_statement(recorded["signed"], key)
        assert statement.link.digest == recorded["digest"]
        assert recorded["digest"] == b64url(hashlib.sha256(recorded["signing_input"].encode()).digest())
        order = judge_order(statement.link, known, newest=len(known), enrolment_id=found["enrolment"])
        assert order == Order.NEXT
        known[statement.link.n] = statement.link
        signing = b64url(json.dumps(recorded["payload"], ensure_ascii=False, separators=(",", ":")).encode())
        assert recorded["signing_input"].endswith(f".{signing}")
        again = jwt.encode(
            recorded["payload"], private_key(found["key"]), algorithm="ES256", headers={"typ": STATEMENT_TYPE}
        )
        assert read_statement(again, key).link.id == recorded["payload"]["id"]


def test_the_recorded_proof_is_a_proof() -> None:
    found = case("02-proof-of-the-key")
    proof = verify_proof(
        found["proof"],
        method=found["method"],
        url=found["url"],
        now=from_ms(found["at"]),
        thumbprint=found["thumbprint"],
    )
    assert proof.jti == found["claims"]["jti"]
    assert jwt.get_unverified_header(found["proof"]) == found["header"]


def test_the_recorded_printed_cards_are_judged_with_public_keys_alone() -> None:
    found = case("03-printed-cards")
    keys = {
        bytes.fromhex(each["kid"]): Ed25519PublicKey.from_public_bytes(_bytes(each["key"]))
        for each in found["card_keys"]
    }
    organisation = UUID(found["organisation"])
    for each in found["genuine"]:
        reading = printed.verify(each["text"], org_id=organisation, keys=keys)
        assert (reading.card.hex(), reading.issued_on) == (each["card_ref"], date.fromisoformat(each["issued_on"]))
    for each in found["not_genuine"]:
        with pytest.raises(Unreadable):
            printed.verify(each["text"], org_id=organisation, keys=keys)


def test_the_recorded_answers_are_what_the_door_answers() -> None:
    schema = ReadingAnswer()
    for each in case("04-answers")["answers"]:
        assert each["answer"].keys() == schema.fields.keys()
        assert schema.load(each["answer"]) == each["answer"]
        assert each["shows"] in TEXTS
        for language, text in each.get("text", {}).items():
            assert text == TEXTS[each["shows"]].fill(language, {"name": each["answer"]["name"]})
    assert {each["answer"]["outcome"] for each in case("04-answers")["answers"]} == set(OUTCOMES)


def test_the_page_names_every_member_there_is() -> None:
    said = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    for schema in (EnrolmentIn, ReadingAnswer, VisitorIn):
        assert schema().fields.keys() <= said, schema
    assert MEMBERS | set(SOURCES) | set(OUTCOMES) <= said
    station = re.search(r"once an hour: `\{(.*?)\}`", PAGE, re.DOTALL)
    assert station is not None
    assert {each.strip() for each in station[1].split(",")} == StationOut().fields.keys()
    listed = re.search(r"- `texts`: (.*?)\.\n", PAGE, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r"`([\w-]+)`", listed[1].partition("{zh, en}")[2])) == TEXTS.keys()


def test_the_example_of_the_page_is_the_recorded_one() -> None:
    found = case("01-chain-of-readings")
    first = found["readings"][0]
    for text in (found["enrolment"], found["genesis"], first["digest"], str(first["payload"]["read_at"])):
        assert text in PAGE


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
