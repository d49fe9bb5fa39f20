"""What holds for all commands: they are there, explain themselves, and fail in plain words with an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from server.cli import main
from server.cli.terminal import box, table
from tests.server.cli.conftest import Cli

PROMISED = """
    run, serve, worker, db upgrade, db downgrade, db current, demo load, demo day, org create, user create, user disable,
    user handover, device list, device revoke, sync audit, audit verify, backup, restore, openapi, keys new, doctor,
    keys new-card, kiosk list, kiosk code, kiosk revoke
"""
"""Commands that scripts and users count on."""


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


COMMANDS = dict(_commands(main))


@pytest.mark.parametrize("promised", [each.strip() for each in PROMISED.split(",")])
def test_a_promised_command_is_there(promised: str) -> None:
    assert tuple(promised.split()) in COMMANDS


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_explains_itself(bare_cli: Cli, words: tuple[str, ...]) -> None:
    result = bare_cli(*words, "--help")
    assert result.exit_code == 0
    assert f"Usage: doorstep {' '.join(words)}" in result.output
    command = COMMANDS[words]
    assert command.help
    assert all(each.help for each in command.params if isinstance(each, click.Option) and not each.hidden)


def test_a_wrong_word_is_wrong_usage(bare_cli: Cli) -> None:
    assert bare_cli("dance").exit_code == 2
    assert bare_cli("--version").output.startswith("doorstep ")


def test_bad_settings_are_all_named(bare_cli: Cli) -> None:
    result = bare_cli("audit", "verify", DOORSTEP_PORT="none", DOORSTEP_TIMEZONE="Mars/Olympus")
    assert result.exit_code == 3
    assert "DOORSTEP_PORT is a whole number" in result.output
    assert "DOORSTEP_TIMEZONE is an IANA time zone" in result.output


def test_a_database_that_is_away_is_named_without_a_traceback(bare_cli: Cli) -> None:
    result = bare_cli("sync", "audit", DOORSTEP_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert result.exit_code == 4
    assert "Traceback" not in result.output
    assert "Connection refused" in result.output or "refused" in result.output


def test_a_database_without_tables_is_told_what_to_do(bare_cli: Cli, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    for words in (("db", "current"), ("sync", "audit"), ("org", "create", "acme", "--name", "Acme")):
        result = bare_cli(*words, DOORSTEP_DATABASE_URL=url)
        assert result.exit_code == 4
        assert "doorstep db upgrade" in result.output


def test_up_and_down(bare_cli: Cli, empty_database_url: str, environment: dict[str, str | None]) -> None:
    environment["DOORSTEP_DATABASE_URL"] = empty_database_url
    assert bare_cli("db", "current").exit_code == 4
    assert "was at nothing" in bare_cli("db", "upgrade").output
    assert bare_cli("db", "current").exit_code == 0
    assert "nothing to do" in bare_cli("db", "upgrade").output
    assert bare_cli("db", "downgrade", "base", input="n\n").exit_code == 1
    assert "no tables" in bare_cli("db", "downgrade", "base", "--yes").output
    assert bare_cli("db", "current").exit_code == 4


def test_an_unknown_organisation_is_told_which_there_are(cli: Cli) -> None:
    assert "none yet" in cli("audit", "verify", "--org", "acme").output
    cli("org", "create", "acme", "--name", "Acme")
    result = cli("audit", "verify", "--org", "nobody")
    assert (result.exit_code, "Organisations: acme" in result.output) == (1, True)


def test_a_new_signing_key_is_made(bare_cli: Cli, tmp_path: Path) -> None:
    result = bare_cli("keys", "new")
    (file,) = (tmp_path / "keys").glob("access-*.pem")
    assert str(file) in result.output
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_document_is_written_and_compared(bare_cli: Cli, tmp_path: Path) -> None:
    out = str(tmp_path / "openapi.json")
    assert bare_cli("openapi", "--out", out, "--check").exit_code == 1
    assert bare_cli("openapi", "--out", out).exit_code == 0
    assert bare_cli("openapi", "--out", out, "--check").exit_code == 0
    assert '"openapi": "3.1.0"' in bare_cli("openapi", "--out", "-").output
    Path(out).write_text(Path(out).read_text().replace("3.1.0", "3.0.0"))
    result = bare_cli("openapi", "--out", out, "--check")
    assert (result.exit_code, '-  "openapi": "3.0.0"' in result.output) == (1, True)


def test_chinese_takes_two_columns() -> None:
    lines = box(["演示 demo", "1234567890"]).splitlines()
    assert lines[1] == "│ 演示 demo  │"
    assert table([("A", "B"), ("王", "x")]) == "A   B\n王  x"
