"""Each channel against a service that speaks its wire: what is sent, and what every answer means."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import urllib3.util.connection
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.channels import End, Message, Result, Sender
from notifications.channels.email import Email
from notifications.channels.fcm import Fcm
from notifications.channels.opened import channels_of
from notifications.channels.outbound import Forbidden, NoAnswer, Outbound, check_endpoint, is_public
from notifications.channels.patient import Patient
from notifications.channels.sms import Sms
from notifications.channels.webpush import WebPush
from notifications.rules import Channel, collapse_id
from tests.notifications.scene import Desk
from tests.support.post_offices import MailServer, TextGateway
from tests.support.push_services import FCM_HOST, MOZILLA, PushServices, Reply, fcm_error

VAPID = ec.generate_private_key(ec.SECP256R1())
MESSAGE = Message(
    collapse_id("notice 1"), "您有一条待跟进已到时间。", "https://crm.example.com/app/", "zh", timedelta(hours=2)
)


# -- Web Push ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def webpush(push: PushServices) -> WebPush:
    return WebPush(Outbound(), VAPID, "mailto:ops@example.com")


def browser(push: PushServices, host: str = MOZILLA) -> End:
    subscription = push.subscribe("anna", VAPID.public_key(), host)
    return End("webpush", subscription.endpoint, tuple(subscription.keys.items()))


@pytest.mark.parametrize("host", [MOZILLA, FCM_HOST, "web.push.apple.com", "db5p.notify.windows.com"])
def test_a_push_says_that_there_is_something_and_nothing_else(push: PushServices, webpush: WebPush, host: str) -> None:
    assert webpush.send(browser(push, host), MESSAGE).state == "sent"
    (taken,) = push.to("anna")
    assert taken.said == {"v": 1, "id": MESSAGE.id, "kind": "news"}
    assert (taken.headers["topic"], taken.headers["urgency"], taken.headers["ttl"]) == (MESSAGE.id, "high", "7200")


@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (Reply(404), "gone", "webpush.expired"),
        (Reply(410), "gone", "webpush.expired"),
        (Reply(429, headers={"Retry-After": "30"}), "later", "webpush.too-many"),
        (Reply(429), "later", "webpush.too-many"),
        (Reply(500), "later", "webpush.away"),
        (Reply(503, headers={"Retry-After": "soon"}), "later", "webpush.away"),
        (Reply(413), "refused", "webpush.refused"),
        (Reply(307, headers={"Location": "https://127.0.0.1/"}), "refused", "webpush.refused"),
        (Reply(401), "refused", "webpush.key-refused"),
        (Reply(403), "refused", "webpush.key-refused"),
        (Reply(cut=True), "unknown", "webpush.no-answer"),
    ],
)
def test_what_a_push_service_answers(push: PushServices, webpush: WebPush, reply: Reply, state: str, code: str) -> None:
    end = browser(push)
    push.replies["/wpush/v2/anna"] = [reply]
    found = webpush.send(end, MESSAGE)
    assert (found.state, found.code) == (state, code)
    assert found.retry_after == (timedelta(seconds=30) if reply.headers.get("Retry-After") == "30" else None)
    assert found.is_ours == (code == "webpush.key-refused")


def test_keys_that_are_none_and_addresses_that_are_forbidden_are_given_up(push: PushServices, webpush: WebPush) -> None:
    end = browser(push)
    assert (
        webpush.send(End("webpush", end.address, (("p256dh", "AAAA"), ("auth", "AAAA"))), MESSAGE).code
        == "webpush.bad-keys"
    )
    inside = End("webpush", "https://127.0.0.1/wpush", end.keys)
    assert webpush.send(inside, MESSAGE).code == "webpush.forbidden"
    assert push.taken == []


def test_a_push_service_that_cannot_be_reached_did_not_get_it(
    push: PushServices, webpush: WebPush, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = browser(push)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert webpush.send(end, MESSAGE) == Result("later", "webpush.away")  # type: ignore[arg-type]


# -- where a push may go ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://updates.push.services.mozilla.com/x",
        "https://updates.push.services.mozilla.com:8443/x",
        "https://user@updates.push.services.mozilla.com/x",
        "https://updates.push.services.mozilla.com@evil.example/x",
        "https://evil.example/updates.push.services.mozilla.com",
        "https://push.services.mozilla.com.evil.example/x",
        "https://evilpush.apple.com/x",
        "https://push.apple.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "https://updates.push.services.mozilla.com/x#y",
        "https://updates.push.services.mozilla.com\\@evil.example/x",
        "https://updates.push.services.mozilla.com/x y",
        "https://updates.push.services.mozilla.com/\u4e2d",
        "https://updates.push.services.mozilla.com:x/",
        "ftp://updates.push.services.mozilla.com/x",
        "//updates.push.services.mozilla.com/x",
        "https:///x",
        "",
    ],
)
def test_an_endpoint_is_https_of_a_known_push_service(url: str) -> None:
    with pytest.raises(Forbidden):
        check_endpoint(url)


def test_the_operator_may_know_others() -> None:
    with pytest.raises(Forbidden):
        check_endpoint("https://push.example.com/x")
    assert check_endpoint("https://push.example.com/x?y=1", frozenset({"push.example.com"})) == (
        "push.example.com",
        "/x?y=1",
    )
    assert check_endpoint("https://a.push.example.com", frozenset({"*.push.example.com"})) == (
        "a.push.example.com",
        "/",
    )


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("0.0.0.0", False),  # noqa: S104
        ("100.64.0.1", False),
        ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False),
        ("ff02::1", False), ("no address", False),
    ],
)  # fmt: skip
def test_what_is_on_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:192.168.0.1"], []])
def test_a_known_name_that_leads_inside_is_not_followed(found: list[str]) -> None:
    """As after a change of DNS between saving and sending."""
    outbound = Outbound(find=lambda _host: found)
    with pytest.raises(Forbidden, match="leads inside"):
        outbound.post(f"https://{MOZILLA}/x", b"", {})


@pytest.fixture
def direct(push: PushServices, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """A push service that is reached without a proxy; who connects, and as whom it is greeted."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name)
    seen: dict[str, object] = {}
    listener = socket.create_server(("127.0.0.1", 0))
    context = push.context(MOZILLA)
    context.sni_callback = lambda _socket, name, _context: seen.update(sni=name)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, context.wrap_socket(connection, server_side=True) as wrapped:
            seen["request"] = wrapped.recv(65536)
            wrapped.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 9999999\r\nLink: x\r\n\r\n" + b"x" * 200_000)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    seen["port"] = listener.getsockname()[1]
    yield seen
    listener.close()
    thread.join(5)


def test_without_a_proxy_it_connects_to_the_address_it_looked_at_under_the_name_it_was_given(
    direct: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And reads no more of the answer than it needs."""
    honest = urllib3.util.connection.create_connection
    asked: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *rest: object, **more: object) -> socket.socket:
        asked.append(address)
        return honest(("127.0.0.1", int(str(direct["port"]))), *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    answer = Outbound(find=lambda _host: ["93.184.215.14"]).post(f"https://{MOZILLA}/x", b"body", {"TTL": "1"})
    assert answer.status == 201
    assert asked == [("93.184.215.14", 443)]
    assert direct["sni"] == MOZILLA
    assert f"host: {MOZILLA}" in str(direct["request"]).lower()


def test_a_name_that_cannot_be_resolved_is_no_answer() -> None:
    def find(_host: str) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(NoAnswer) as failed:
        Outbound(find=find).post(f"https://{MOZILLA}/x", b"", {})
    assert not failed.value.was_sent


# -- FCM --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fcm(push: PushServices) -> Sender:
    return Patient(Fcm(push.account_file), Channel.FCM, patience=2)


APP = End("fcm_token", "token-anna")


def test_a_message_through_fcm_is_data_without_content(push: PushServices, fcm: Sender) -> None:
    assert fcm.send(APP, MESSAGE).state == "sent"
    assert fcm.send(End("fcm_fid", "fid-anna"), MESSAGE).state == "sent"
    by_token, by_installation = push.taken
    assert by_token.said["data"] == {"v": "1", "id": MESSAGE.id, "kind": "news"}
    assert by_token.said["android"] == {"collapse_key": MESSAGE.id, "priority": "high", "ttl": "7200s"}
    assert by_token.said["apns"]["headers"]["apns-collapse-id"] == MESSAGE.id
    assert "notification" not in by_token.said
    assert by_installation.to == "fid-anna"
    assert push.tokens_given == 1  # the credential was warm the second time


@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (fcm_error(404, "NOT_FOUND", "UNREGISTERED"), "gone", "fcm.unregistered"),
        (fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), "gone", "fcm.sender-mismatch"),
        (fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The registration token is not valid"), "gone", "fcm.bad-token"),
        (fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Android ttl"), "refused", "fcm.invalid"),
        (fcm_error(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), "refused", "fcm.credentials"),
        (fcm_error(403, "PERMISSION_DENIED"), "refused", "fcm.credentials"),
        (fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), "later", "fcm.too-many"),
        (fcm_error(502, "UNKNOWN"), "later", "fcm.away"),
        (Reply(cut=True), "unknown", "fcm.no-answer"),
        (Reply(200, {"name": "x"}, delay=3), "unknown", "fcm.no-answer"),
        (fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", Retry_After="30"), "unknown", "fcm.no-answer"),
    ],
)  # fmt: skip
def test_what_fcm_answers(push: PushServices, fcm: Sender, reply: Reply, state: str, code: str) -> None:
    """A Retry-After is slept through by the library: after our patience nobody knows what became of it."""
    push.replies[APP.address] = [reply]
    found = fcm.send(APP, MESSAGE)
    assert (found.state, found.code) == (state, code)
    assert found.is_ours == (code in ("fcm.credentials", "fcm.invalid"))


def test_after_the_librarys_own_attempts_a_service_that_is_away_is_asked_another_time(push: PushServices) -> None:
    push.replies[APP.address] = [fcm_error(503, "UNAVAILABLE", "UNAVAILABLE")]
    assert Fcm(push.account_file).send(APP, MESSAGE).code == "fcm.away"


def test_an_account_that_google_refuses_or_that_is_no_file_waits_for_the_operator(
    push: PushServices, tmp_path: Path
) -> None:
    push.replies["token"] = [Reply(400, {"error": "invalid_grant"})]
    for account in (push.account_file, tmp_path / "nowhere.json"):
        found = Fcm(account).send(APP, MESSAGE)
        assert (found.state, found.code, found.is_ours) == ("later", "fcm.credentials", True)


def test_sendings_that_hang_do_not_pile_up(push: PushServices) -> None:
    push.replies[APP.address] = [Reply(200, {"name": "x"}, delay=2)]
    fcm = Patient(Fcm(push.account_file), Channel.FCM, patience=0.01)
    codes = [fcm.send(APP, MESSAGE).code for _ in range(12)]
    assert codes == ["fcm.no-answer"] * 8 + ["fcm.away"] * 4


# -- mail -------------------------------------------------------------------------------------------------------------

BOX = End("email", "wang@example.com")


def test_a_mail_names_nobody_and_keeps_its_id(mail: MailServer) -> None:
    channel = Email(mail.url, "doorstep@example.com")
    assert channel.send(BOX, MESSAGE).state == "sent"
    assert channel.send(BOX, MESSAGE).state == "sent"
    first, second = mail.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{MESSAGE.id}@example.com>"
    assert (first["To"], first["Subject"]) == ("wang@example.com", "Doorstep 提醒")
    assert first.get_content().split() == [MESSAGE.text, MESSAGE.link]


@pytest.mark.parametrize(
    ("rcpt", "data", "state", "code"),
    [
        ("550 no such user", "250 OK", "refused", "email.refused"),
        ("451 greylisted", "250 OK", "later", "email.away"),
        ("250 OK", "554 spam", "refused", "email.refused"),
        ("250 OK", "452 full", "later", "email.away"),
    ],
)
def test_what_a_mail_server_answers(mail: MailServer, rcpt: str, data: str, state: str, code: str) -> None:
    mail.rcpt, mail.answers = [rcpt], [data]
    found = Email(mail.url, "doorstep@example.com").send(BOX, MESSAGE)
    assert (found.state, found.code) == (state, code)


def test_a_mail_server_that_hangs_up_after_the_mail_may_have_it(mail: MailServer) -> None:
    mail.hang_up = True
    assert Email(mail.url, "doorstep@example.com").send(BOX, MESSAGE).code == "email.no-answer"


def test_no_mail_server_at_all_and_a_password_without_tls() -> None:
    assert Email("smtp://127.0.0.1:1", "doorstep@example.com").send(BOX, MESSAGE).code == "email.away"


def test_a_server_that_says_a_byte_now_and_then_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes well within the timeout of a step."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        gate = threading.Event()

        def drip() -> None:
            line, _ = door.accept()
            with line, contextlib.suppress(OSError):
                while not gate.wait(0.05):
                    line.sendall(b"2")

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        email = Email(f"smtp://127.0.0.1:{door.getsockname()[1]}", "doorstep@example.com")
        begun = time.monotonic()
        found = Patient(email, Channel.EMAIL, patience=0.5).send(BOX, MESSAGE)
        assert (found.code, time.monotonic() - begun < 3) == ("email.no-answer", True)
        gate.set()
        dripping.join()


def test_every_channel_of_an_installation_has_an_end_to_its_sendings(wired: Desk) -> None:
    channels = channels_of(wired.services.settings)
    assert set(channels) == set(Channel)
    assert {type(each) for each in channels.values()} == {Patient}


def test_a_password_is_not_sent_in_the_clear(mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.channels.email._LOOPBACK", ())
    url = mail.url.replace("//", "//user:password@")
    assert Email(url, "doorstep@example.com").send(BOX, MESSAGE).code == "email.away"
    assert mail.mails == []


def test_a_password_that_is_wrong_waits_for_the_operator(mail: MailServer) -> None:
    """The server offers no sign-in at all, which a client that was told to sign in cannot pass over."""
    url = mail.url.replace("//", "//user:password@")
    found = Email(url, "doorstep@example.com").send(BOX, MESSAGE)
    assert found.state == "later"
    assert mail.mails == []


# -- text messages ----------------------------------------------------------------------------------------------------

PHONE = End("sms", "+8613800138002")


def test_a_text_message_is_one_object_to_the_gateway(texts: TextGateway) -> None:
    assert Sms(texts.url, texts.TOKEN).send(PHONE, MESSAGE).state == "sent"
    assert texts.taken == [{"id": MESSAGE.id, "to": PHONE.address, "text": f"{MESSAGE.text} {MESSAGE.link}"}]


@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (Reply(422), "refused", "sms.refused"),
        (Reply(404), "refused", "sms.refused"),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), "refused", "sms.refused"),
        (Reply(429, headers={"Retry-After": "60"}), "later", "sms.away"),
        (Reply(503), "later", "sms.away"),
        (Reply(500), "unknown", "sms.no-answer"),
        (Reply(504), "unknown", "sms.no-answer"),
        (Reply(cut=True), "unknown", "sms.no-answer"),
    ],
)
def test_what_a_gateway_answers(texts: TextGateway, reply: Reply, state: str, code: str) -> None:
    texts.replies = [reply]
    found = Sms(texts.url, texts.TOKEN).send(PHONE, MESSAGE)
    assert (found.state, found.code) == (state, code)
    assert found.retry_after == (timedelta(seconds=60) if "Retry-After" in reply.headers else None)


def test_a_gateway_that_is_away_did_not_get_it_and_one_that_wants_another_token_waits(texts: TextGateway) -> None:
    assert Sms("http://127.0.0.1:1/", None).send(PHONE, MESSAGE).code == "sms.away"
    found = Sms(texts.url, "another").send(PHONE, MESSAGE)
    assert (found.state, found.code, found.is_ours) == ("later", "sms.credentials", True)


def test_certificates_are_checked(push: PushServices, webpush: WebPush, monkeypatch: pytest.MonkeyPatch) -> None:
    end = browser(push)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert webpush.send(end, MESSAGE).code == "webpush.away"
    assert isinstance(ssl.create_default_context(), ssl.SSLContext)
