"""Every answer an exchange can get, and what the device does: the table of docs/protocol.md."""

import json
from typing import Any

import pytest

from sync_protocol.phone import Phone, SignInRefused, Step
from sync_protocol.phone.answers import Exchanged
from tests.sync_protocol.devices import device, state
from tests.sync_protocol.model_server import ModelServer


@pytest.fixture
def server() -> ModelServer:
    server = ModelServer()
    server.put("customers", "li", name="Wang")
    return server


@pytest.fixture
def phone(server: ModelServer) -> Phone:
    phone = device(server, server.enrol("li"))
    phone.sync()
    phone.create("customers", {"name": "mine"})
    phone.create("customers", {"name": "mine too"})
    return phone


def problem(code: str, **params: Any) -> bytes:
    return json.dumps({"type": "x", "code": code, "params": params}).encode()


@pytest.mark.parametrize(
    ("status", "headers", "body", "step", "code", "retry_after"),
    [
        (200, {}, b"", Step.LATER, "sync.malformed-answer", None),
        (200, {}, b"<html>Welcome to our guest network</html>", Step.LATER, "sync.malformed-answer", None),
        (200, {}, b'{"protocol": 1}', Step.LATER, "sync.malformed-answer", None),
        (200, {}, b"[" * 100_000, Step.LATER, "sync.malformed-answer", None),
        (302, {"location": "http://portal"}, b"", Step.LATER, None, None),
        (400, {}, problem("sync.malformed", pointer="/x"), Step.BLOCKED, "sync.malformed", None),
        (400, {}, problem("sync.unknown-protocol", oldest=2, newest=3), Step.UPGRADE, "sync.unknown-protocol", None),
        (400, {}, b"Bad Request", Step.LATER, None, None),
        (401, {}, problem("accounts.signed-out"), Step.SIGN_IN, "accounts.signed-out", None),
        (401, {}, b"", Step.SIGN_IN, None, None),
        (403, {}, problem("sync.wrong-enrolment"), Step.ENROL, "sync.wrong-enrolment", None),
        (403, {}, problem("accounts.device-revoked"), Step.BLOCKED, "accounts.device-revoked", None),
        (404, {}, b"", Step.LATER, None, None),
        (408, {}, problem("x.slow"), Step.LATER, "x.slow", None),
        (409, {}, problem("sync.gap", expected="soon"), Step.BLOCKED, "sync.gap", None),
        (409, {}, problem("sync.reused-n", n=[1]), Step.BLOCKED, "sync.reused-n", None),
        (413, {}, problem("core.too-large"), Step.MORE, "core.too-large", None),
        (425, {}, problem("x.early"), Step.LATER, "x.early", None),
        (429, {"retry-after": "30"}, problem("http.too-many"), Step.LATER, "http.too-many", 30),
        (429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"", Step.LATER, None, None),
        (429, {"retry-after": "9" * 30}, b"", Step.LATER, None, None),
        (500, {}, problem("http.internal"), Step.LATER, "http.internal", None),
        (502, {}, b"<html>", Step.LATER, None, None),
        (503, {"retry-after": "5"}, b'{"code": 5, "params": 5}', Step.LATER, None, 5),
        (503, {}, b"5", Step.LATER, None, None),
    ],
)
def test_no_other_answer_touches_queue_or_rows(
    phone: Phone,
    status: int,
    headers: dict[str, str],
    body: bytes,
    step: Step,
    code: str | None,
    retry_after: int | None,
) -> None:
    before = state(phone)
    exchanged = phone.receive(phone.prepare(), status, headers, body)
    assert (exchanged.step, exchanged.code, exchanged.retry_after) == (step, code, retry_after)
    assert state(phone) == before
    assert phone.sync().step == Step.DONE


def test_the_servers_params_are_passed_on(phone: Phone) -> None:
    exchanged = phone.receive(phone.prepare(), 429, {}, problem("x.y", a=1))
    assert exchanged.params == {"a": 1}


def test_a_503_says_when_to_come_back(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"), plan=lambda _: "down")
    assert phone.sync() == Exchanged(Step.LATER, None, {}, 7)


def test_too_large_halves_the_push_until_one_group_is_left(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"), batch=8)
    for number in range(8):
        phone.create("customers", {"name": f"{number}"})
    sizes, steps = [], []
    for _ in range(4):
        request = phone.prepare()
        sizes.append(len(request.numbers))
        steps.append(phone.receive(request, 413, {}, problem("core.too-large")).step)
    assert sizes == [8, 4, 2, 1]
    assert steps == [Step.MORE, Step.MORE, Step.MORE, Step.BLOCKED]
    assert phone.sync().step == Step.DONE


def test_a_group_that_is_too_large_by_itself_blocks_and_does_not_spin(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    with phone.transaction():
        phone.create("customers", {"name": "a"})
        phone.create("customers", {"name": "b"})
    steps = [phone.receive(phone.prepare(), 413, {}, problem("core.too-large")).step for _ in range(2)]
    assert steps == [Step.MORE, Step.BLOCKED]
    assert len(phone.queue) == 2


def test_a_refused_sign_in_asks_for_one(phone: Phone) -> None:
    def refused() -> str:
        raise SignInRefused(401, "accounts.wrong-password")

    phone._authorise = refused
    assert phone.exchange_once() == Exchanged(Step.SIGN_IN, "accounts.wrong-password")


def answer(phone: Phone, server: ModelServer, **members: Any) -> tuple[int, dict[str, str], bytes]:
    status, _, body = server.send(
        "POST", "/mobile/v1/exchange", {"authorization": ""}, json.dumps(phone.prepare().body).encode()
    )
    document = {**json.loads(body), **members}
    return status, {}, json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


NOTICE = {"code": "sync.upgrade-required", "params": {"oldest": 2}}


def test_an_expired_app_pushes_first_and_then_asks_for_the_upgrade(phone: Phone, server: ModelServer) -> None:
    phone._batching.limit = 1
    first = phone.receive(phone.prepare(), *answer(phone, server, pull=..., notice=NOTICE))
    assert (first.step, len(phone.queue)) == (Step.MORE, 1)
    assert first.notice is not None
    last = phone.receive(phone.prepare(), *answer(phone, server, pull=..., notice=NOTICE))
    assert (last.step, len(phone.queue)) == (Step.UPGRADE, 0)
    assert last.notice is not None
    assert (last.notice.code, last.notice.params) == ("sync.upgrade-required", {"oldest": 2})
    assert len(phone.rows("customers")) == 3, "its own writes stay on show"
    idle = phone.receive(phone.prepare(), *answer(phone, server, pull=..., notice=NOTICE))
    assert idle.step == Step.UPGRADE


def test_an_expired_app_whose_push_must_wait_waits(phone: Phone, server: ModelServer) -> None:
    server.busy_from = 2
    exchanged = phone.receive(phone.prepare(), *answer(phone, server, pull=..., notice=NOTICE))
    assert (exchanged.step, [entry.n for entry in phone.queue]) == (Step.LATER, [2])


def test_no_pull_and_no_notice_is_asked_again_later(phone: Phone, server: ModelServer) -> None:
    phone.receive(phone.prepare(), *answer(phone, server, pull=...))
    assert phone.receive(phone.prepare(), *answer(phone, server, pull=...)).step == Step.LATER


def test_an_answer_without_the_verdicts_it_owes_does_not_spin(phone: Phone, server: ModelServer) -> None:
    phone.exchange_once()
    phone.create("customers", {"name": "x"})
    request = phone.prepare()
    body = {**request.body, "push": None}
    sent = server.send("POST", "/mobile/v1/exchange", {"authorization": ""}, json.dumps(body).encode())
    assert phone.receive(request, *sent).step == Step.LATER
    assert len(phone.queue) == 1


def test_a_notice_may_stand_beside_rows(phone: Phone, server: ModelServer) -> None:
    exchanged = phone.receive(phone.prepare(), *answer(phone, server, notice=NOTICE))
    assert exchanged.step == Step.DONE
    assert exchanged.notice is not None


def test_a_malformed_pull_takes_no_verdicts_either(phone: Phone, server: ModelServer) -> None:
    before = state(phone)
    exchanged = phone.receive(phone.prepare(), *answer(phone, server, pull={"cursor": None}))
    assert exchanged.code == "sync.malformed-answer"
    assert state(phone) == before


def test_rounds_are_bounded(server: ModelServer) -> None:
    server.page = 1
    for _ in range(5):
        server.put("customers", "li", name="x")
    phone = device(server, server.enrol("li"))
    assert phone.sync(rounds=3).step == Step.MORE


def test_a_request_says_what_the_page_says(phone: Phone) -> None:
    phone._schema = 7
    request = phone.prepare()
    assert set(request.body) == {"protocol", "schema", "enrolment", "sent_at", "push", "pull"}
    assert (request.body["protocol"], request.body["schema"]) == (1, 7)
    assert request.body["pull"]["max_bytes"] == 2**20
    assert phone.cursor is not None
    assert request.body["pull"]["cursor"] == phone.cursor.to_wire()


def test_it_is_sent_as_json_with_a_bearer_token(server: ModelServer) -> None:
    phone = device(server, server.enrol("li"))
    seen: list[Any] = []

    class Spy:
        def send(self, *request: Any) -> Any:
            seen.append(request)
            return 503, {}, b""

    phone._transport = Spy()
    phone.create("customers", {"name": "王"})
    phone.exchange_once()
    method, path, headers, body = seen[0]
    assert (method, path) == ("POST", "/mobile/v1/exchange")
    assert headers["authorization"] == f"Bearer {phone.enrolment}"
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["push"]["operations"][0]["values"] == {"name": "王"}
    phone.wait()
    assert "content-type" not in seen[1][2]
