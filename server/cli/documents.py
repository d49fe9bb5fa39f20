"""`doorstep openapi` and `doorstep docs`: pages that are written from the code, and compared with it."""

from __future__ import annotations

import difflib
import tempfile
from pathlib import Path

import click
from flask import Flask

from server.cli.terminal import Sorry
from server.config import Settings
from server.core.services import Services, open_services

DOCS = Path(__file__).parents[2] / "docs"
WIRE = "../handheld/src/wire/"
"""Where the handheld keeps what is written for it, seen from docs/."""
_MAX_LINES = 40


def _application() -> tuple[Flask, Services]:
    """The web application over a database that is not there: only what it declares is asked for."""
    from server.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        opened = open_services(Settings(database_url=f"sqlite:///{folder}/none", keys_dir=Path(folder)))
        return create_app(opened), opened


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when docs/openapi.json is not up to date.")
@click.option("--out", type=click.Path(path_type=Path, allow_dash=True), help="Another file; - for standard output.")
def openapi(check: bool, out: Path | None) -> None:
    """Write the OpenAPI document of all doors to docs/openapi.json."""
    _write(_pages("openapi.json"), check=check, out=out)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is not up to date.")
def docs(check: bool) -> None:
    """Write the pages of docs/ that are lists of what the code declares, and the handheld's types."""
    _write(_pages(), check=check, out=None)


def _pages(only: str | None = None) -> dict[str, str]:
    """Name in docs/ → its text."""
    from server.core.catalogue_docs import pages
    from server.core.handheld_source import collections_source, problems_source
    from server.core.openapi import openapi_text

    app, opened = _application()  # also imports every area, so that the catalogue is whole
    opened.close()
    made = {
        "openapi.json": openapi_text(app),
        **pages(),
        f"{WIRE}collections.ts": collections_source(),
        f"{WIRE}problems.ts": problems_source(),
    }
    return made if only is None else {only: made[only]}


def _write(pages: dict[str, str], *, check: bool, out: Path | None) -> None:
    stale = []
    for name, text in pages.items():
        file = out or (DOCS / name).resolve()
        if str(file) == "-":
            click.echo(text, nl=False)
            continue
        kept = file.read_text("utf-8") if file.exists() else ""
        if kept == text:
            click.echo(f"{file} is up to date")
        elif check:
            stale.append(file.name)
            _show_differences(file, kept, text)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            click.echo(f"{file} written")
    if stale:
        raise Sorry(f"not up to date: {', '.join(stale)}. `doorstep docs` writes them.")


def _show_differences(file: Path, kept: str, text: str) -> None:
    lines = list(difflib.unified_diff(kept.splitlines(), text.splitlines(), str(file), "this code", lineterm=""))
    click.echo("\n".join(lines[:_MAX_LINES]), err=True)
    if len(lines) > _MAX_LINES:
        click.echo(f"… and {len(lines) - _MAX_LINES} more lines", err=True)
