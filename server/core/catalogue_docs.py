"""The pages of docs/ that are lists of what the code declares: settings and problems. Tests compare them with docs/."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from server.config import PREFIX, declarations
from server.core.limits import RATES, Rate
from server.core.problem_types import CATALOGUE, Catalogue

_MADE = "<!-- Made from the code; `make docs` writes it again. Do not edit. -->"


def settings_page() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        _MADE,
        "",
        "Every setting is an environment variable, and all of them are here. One that is empty counts as not set. In",
        "production (`DOORSTEP_ENV=production`) those marked so are required, and a variable with our prefix that is not in",
        "this list stops the start. `doorstep doctor` checks them and says what to do.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, declared in declarations().items():
        default = f"`{declared.shown_default}`" if declared.shown_default else "–"
        meaning = declared.doc + (" **Required in production.**" if declared.required else "")
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {_cell(meaning)} |")
    lines += [
        "",
        "`DOORSTEP_TEST_…` is read by the tests alone (docs/testing.md).",
        "",
        "## Rate limits",
        "",
        "`DOORSTEP_RATE_LIMITS=0` switches them off. Without `DOORSTEP_REDIS_URL` each web process counts for itself, and",
        "forgets when it restarts. Whoever is refused gets `core.rate-limited`, status 429, and Retry-After.",
        "",
        "| limit | at most | per |",
        "|---|---|---|",
        *(
            f"| `{each.name}` | {each.amount} in {_span(each.seconds)} | {each.per} |"
            for each in sorted(RATES.values(), key=_name)
        ),
    ]
    return "\n".join(lines) + "\n"


def problems_page(catalogue: Catalogue = CATALOGUE) -> str:
    """docs/problems.md: of all areas that have been imported."""
    lines = [
        "# Problems",
        "",
        _MADE,
        "",
        "Every refusal has one of these codes, over HTTP (`application/problem+json`, RFC 9457) and in a sync verdict alike.",
        "The code is for machines and does not change; the text is for people, in the language of `Accept-Language`.",
        "The same list, for programs: `/api/v1/problems`.",
    ]
    for area, problems in groupby(catalogue, key=lambda each: each.code.partition(".")[0]):
        lines += [
            "",
            f"## {area}",
            "",
            "| code | status | 中文 | English | when, and what to do |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f'| <a id="{each.code}"></a>`{each.code}` | {each.status} | {_cell(each.text.zh)} | {_cell(each.text.en)} '
            f"| {_cell(each.doc)} |"
            for each in problems
        ]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """All of them, by path under docs/. Whoever calls imports the areas first, so that their problems are declared."""
    return {"settings.md": settings_page(), "problems.md": problems_page()}


def out_of_date(kept: Iterable[tuple[str, str]]) -> list[str]:
    """Names of kept pages that differ from what the code declares now."""
    made = pages()
    return [name for name, text in kept if made[name] != text]


def _name(rate: Rate) -> str:
    return rate.name


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _span(seconds: int) -> str:
    for size, name in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
