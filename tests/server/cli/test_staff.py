"""Organisations, people and devices from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.accounts.models import Device, User
from server.accounts.operations.organisations import create_organisation
from server.accounts.passwords import PasswordHashes
from server.accounts.queries.actors import load_actor
from server.accounts.queries.staff import user_by_username
from server.cli.terminal import organisations
from server.core.access import system_actor
from server.core.services import Services
from server.customers.models import Customer
from server.customers.operations import create_customer
from sync_protocol.ids import new_id
from tests.server.cli.conftest import Cli
from tests.server.core.job_world import services_of
from tests.support.databases import Database

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
PASSWORD = "correct horse battery"


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return services_of(database.app_url, tmp_path / "keys")


def user(services: Services, org: str, username: str) -> User:
    org_id = organisations(services)[org]
    with services.reading(org_id) as connection:
        found = user_by_username(connection, org_id, username)
    assert found is not None
    return found


def test_an_organisation_begins_with_an_administrator(cli: Cli, services: Services) -> None:
    result = cli("org", "create", "acme", "--name", "Acme 公司", "--timezone", "Europe/Berlin", "--currency", "EUR")
    assert result.exit_code == 0
    assert CODE.search(result.output)
    assert user(services, "acme", "admin").password_hash is None
    assert "is taken" in cli("org", "create", "ACME", "--name", "Again").output
    assert "IANA" in cli("org", "create", "x2", "--name", "x", "--timezone", "Mars").output
    assert "ISO 4217" in cli("org", "create", "x2", "--name", "x", "--currency", "XXQ").output
    services.close()


def test_people_come_go_and_hand_over(cli: Cli, services: Services) -> None:
    cli("org", "create", "acme", "--name", "Acme")
    assert (
        cli("user", "create", "--org", "acme", "ann", "--name", "Ann", "--password-stdin", input=PASSWORD).exit_code
        == 0
    )
    assert CODE.search(cli("user", "create", "--org", "acme", "bob", "--name", "Bob", "--role", "supervisor").output)
    ann, bob = user(services, "acme", "ann"), user(services, "acme", "bob")
    assert PasswordHashes().check(services_hash(services, ann), PASSWORD).matches
    org_id = organisations(services)["acme"]
    with services.reading(org_id) as connection:
        actor = load_actor(connection, org_id, ann.id)
    assert actor is not None
    with services.writing(actor) as uow:
        customer = create_customer(uow, new_id(), {"name": "Customer"})
        uow.commit()

    refused = cli("user", "handover", "--org", "acme", "ann", "nobody", "--reason", "left")
    assert (refused.exit_code, "no user “nobody”" in refused.output) == (1, True)
    result = cli("user", "handover", "--org", "acme", "ann", "bob", "--reason", "left")
    assert (result.exit_code, "1 customers of ann" in result.output) == (0, True)
    with services.writing(system_actor(org_id)) as uow:
        moved = uow.get(Customer, customer.id)
        assert moved is not None
        assert moved.owner_id == bob.id

    assert "ann: disabled" in cli("user", "disable", "--org", "acme", "ann").output
    assert user(services, "acme", "ann").state == "disabled"
    assert "ann: active" in cli("user", "disable", "--org", "acme", "ann", "--undo").output
    assert CODE.search(cli("user", "code", "--org", "acme", "ann").output)
    services.close()


def services_hash(services: Services, person: User) -> str | None:
    with services.writing(system_actor(person.org_id)) as uow:
        found = uow.get(User, person.id)
        return None if found is None else found.password_hash


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ann", "--name", "Ann", "--unit", "nowhere"), "no unit “nowhere”. Units: Acme"),
        (("admin", "--name", "Ann"), "is taken"),
        (("A b", "--name", "Ann"), "accounts.username-form"),
        (("ann", "--name", "Ann", "--password-stdin"), "at least"),
    ],
)
def test_a_person_who_cannot_be_added_is_told_why(cli: Cli, words: tuple[str, ...], says: str) -> None:
    cli("org", "create", "acme", "--name", "Acme")
    result = cli("user", "create", "--org", "acme", *words, input="short\n")
    assert (result.exit_code, says in result.output) == (1, True), result.output


def test_devices_are_listed_and_revoked(cli: Cli, services: Services) -> None:
    actor = system_actor(new_id())
    with services.writing(actor) as uow:
        _, admin = create_organisation(uow, code="acme", name="Acme", admin_password_hash=None)
        device = uow.add(
            Device(
                installation="store-1", user_id=admin.id, name="Pixel", platform="web", key_thumbprint="t", public_jwk={},
                last_seen_at=uow.now, app_version="1.0", schema_number=1,
            )
        )  # fmt: skip
        uow.commit()
    listed = cli("device", "list", "--org", "acme").output
    assert re.search(rf"{device.id}  admin  Pixel +web +1\.0 +active", listed)
    assert cli("device", "list", "--org", "acme", "--user", "nobody").output == "no devices\n"
    assert "Pixel: wipe_pending" in cli("device", "revoke", "--org", "acme", device.id, "--wipe").output
    assert "wipe_pending" in cli("device", "list", "--org", "acme", "--state", "wipe_pending").output
    assert cli("device", "revoke", "--org", "acme", new_id()).exit_code == 1
    assert "no device's id" in cli("device", "revoke", "--org", "acme", "Pixel").output
    services.close()
