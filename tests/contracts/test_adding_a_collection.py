"""docs/adding-a-collection.md is true: its code, put where it says into a copy of the tree, is a synced collection."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from tests.support import databases

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-collection.md"
COPIED = ("server", "mobile_api", "sync_protocol", "tests", "docs", "pyproject.toml")
ALLOWED = ("server/customers/", "server/migrations/versions/")
MOST_FILES = 5

END_TO_END = '''
"""Written by test_adding_a_collection: a hint from one phone to others, over a handover."""

from pathlib import Path

import server

from server.core.pull import digests
from server.customers.operations import hand_over_customers
from tests.support.world import World


def test_a_parking_hint_reaches_whoever_sees_the_customer(world: World) -> None:
    assert Path(server.__file__).is_relative_to(Path.cwd())
    phones = {who: world.phone(who) for who in ("anna", "sue", "carl", "wei", "finn")}
    phone = phones["anna"]
    phone.sync()
    with phone.transaction():
        customer = phone.create("customers", {"name": "一"})
        hint = phone.create("parking_hints", {"customer_id": customer, "text": "behind the bakery"})
    assert phone.rows("parking_hints")[hint]["version"] == 0

    def held(who: str) -> bool:
        assert phones[who].sync().step == "done"
        assert phones[who].verify() == []
        return hint in phones[who].adopted("parking_hints")

    assert [who for who in phones if held(who)] == ["anna", "sue"]
    assert phones["sue"].rows("parking_hints")[hint]["text"] == "behind the bakery"
    with world.working("dora") as uow:
        hand_over_customers(uow, [customer], world.users["carl"], "because")
        uow.commit()
    assert [who for who in phones if held(who)] == ["anna", "carl", "wei"]
'''
TESTS = (
    "tests/contracts/test_end_to_end.py",
    "tests/contracts/test_schema.py::test_the_migrated_schema_is_the_one_of_the_models",
    "tests/contracts/test_schema.py::test_every_key_leads_with_the_organisation",
    "tests/contracts/test_schema.py::test_every_tenant_table_is_guarded_by_row_level_security",
    "tests/contracts/test_schema.py::test_the_servers_role_may_do_what_it_needs_and_never_change_events",
    "tests/contracts/test_collections.py::test_a_declaration_fits_its_row",
    "tests/contracts/test_collections.py::test_what_a_device_writes_comes_back_as_it_was_written",
    "tests/contracts/test_collections.py::test_every_row_goes_out_as_it_is_stored_and_declared",
    "tests/contracts/test_collections.py::test_what_is_settled_stays_as_it_is",
    "tests/contracts/test_collections.py::test_what_is_sent_again_is_known_however_it_was_spelt",
    "tests/contracts/test_collections.py::test_nothing_is_hung_on_a_parent_out_of_reach",
    "tests/contracts/test_collections.py::test_without_a_role_for_it_nothing_can_be_done",
)


def pieces() -> dict[str, str]:
    """File → the code that the page has for it."""
    steps = re.split(r"^\d\. ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    found: dict[str, str] = {}
    for step in steps:
        file = re.search(r"`(server/[\w/]+\.py)`", step)
        code = re.search(r"^ {3}```python\n(.*?)^ {3}```$", step, re.MULTILINE | re.DOTALL)
        assert file is not None
        assert code is not None
        found[file[1]] = textwrap.dedent(code[1])
    return found


def apply(tree: Path, name: str, code: str) -> None:
    """What the page tells a person to do with a piece."""
    file = tree / name
    if not file.exists():
        newest = ScriptDirectory(str(tree / "server" / "migrations")).get_current_head()
        code, count = re.subn('down_revision = "[^"]*"', f'down_revision = "{newest}"', code)
        assert count == 1
        file.write_text(code.replace('revision = "0002"', 'revision = "9000"', 1))
        return
    text = file.read_text()
    imports = "".join(line + "\n" for line in code.splitlines() if line.startswith("from "))
    rest = "".join(line + "\n" for line in code.splitlines() if not line.startswith("from "))
    text = text.replace("from __future__ import annotations\n", f"from __future__ import annotations\n{imports}", 1)
    if name.endswith("/sync.py"):
        text, count = re.subn(
            r"^COLLECTIONS = \((.*)\)$", rf"{rest}\nCOLLECTIONS = (\1, PARKING_HINTS)", text, flags=re.MULTILINE
        )
        assert count == 1
    else:
        text += "\n\n" + rest
    file.write_text(text)


def contents(tree: Path) -> dict[str, bytes]:
    """File → what is in it."""
    return {
        str(file.relative_to(tree)): file.read_bytes()
        for file in sorted(tree.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.mark.deep
def test_the_page_makes_a_synced_collection_out_of_five_files(tmp_path: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    before = contents(tmp_path)
    for name, code in pieces().items():
        apply(tmp_path, name, code)
    after = contents(tmp_path)
    changed = sorted(name for name in after if after[name] != before.get(name))
    assert set(before) <= set(after)
    assert 1 < len(changed) <= MOST_FILES
    assert all(name.startswith(ALLOWED) for name in changed), changed

    (tmp_path / "tests" / "contracts" / "test_end_to_end.py").write_text(END_TO_END)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert re.search(r"\b[1-9]\d+ passed", done.stdout), done.stdout[-400:]


def environment() -> dict[str, str]:
    """Ours without what belongs to this run of pytest, and with its PostgreSQL server when there is one."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", databases.STATE_VARIABLE))
    }
    try:
        kept["DOORSTEP_TEST_PG_URL"] = databases._admin_url().render_as_string(hide_password=False)
    except databases.NoPostgres:
        kept.pop("CI", None)
    return kept


def test_the_page_has_code_for_each_of_its_steps() -> None:
    assert [name.rsplit("/", 1)[1] for name in pieces()] == [
        "models.py", "operations.py", "sync.py", "events.py", "0002_parking_hints.py",
    ]  # fmt: skip
