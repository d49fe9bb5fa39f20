"""The desk of these tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.db import Database
from tests.notifications.scene import Desk
from tests.server.accounts.company import found_company
from tests.support.post_offices import MailServer, TextGateway
from tests.support.push_services import PushServices
from tests.support.whole_app import whole_app


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    database = Database(database_url)
    company = found_company(database, tmp_path, whole_app)
    yield Desk(company, company.services)
    database.close()


@pytest.fixture
def push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushServices]:
    """Push services at their real addresses, for this process too."""
    (tmp_path / "push").mkdir()
    services = PushServices(tmp_path / "push")
    for name, value in services.environment.items():
        monkeypatch.setenv(name, value)
    with services.serving():
        yield services


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer().serving() as server:
        yield server


@pytest.fixture
def texts() -> Iterator[TextGateway]:
    with TextGateway().serving() as gateway:
        yield gateway


@pytest.fixture
def wired(desk: Desk, push: PushServices, mail: MailServer, texts: TextGateway) -> Desk:
    """The desk with all channels; by day, so that quiet hours are out of the way unless a test wants them."""
    desk.set_up(
        fcm_credentials=push.account_file,
        smtp_url=mail.url,
        mail_from="doorstep@example.com",
        sms_url=texts.url,
        sms_token=TextGateway.TOKEN,
    )
    return desk
