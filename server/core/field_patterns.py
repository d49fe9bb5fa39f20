"""What our fields let pass, as patterns of the OpenAPI document (ECMA-262, as JSON Schema has it). Pure; judges nothing.

The judges are sync_protocol.wire and the rules of the areas; tests/proof/test_schemathesis.py holds both to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_CONTROL_BUT_TAB_AND_LINES = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_NONCHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"
_TAKEN_OUT = r"\u202a-\u202e\u2066-\u2069\ufeff"

INSTANT = "^20[0-9]{2}-"
"""Of an instant, beside its format: from 2000 to 2099."""
DAY = "^(?:19|20)[0-9]{2}-|^2100-"
"""Of a day, beside its format: from 1900 to 2100."""

SHOWN: Mapping[str, Any] = {"type": "string", "pattern": rf"[^\s{_TAKEN_OUT}]"}
"""A text that is more than blank, where a blank one counts as none."""


def text_pattern(*, multiline: bool, blank: bool) -> str:
    """What sync_protocol.text lets pass."""
    refused = (_CONTROL_BUT_TAB_AND_LINES if multiline else _CONTROL) + _NONCHARACTERS
    allowed = f"[^{refused}]*"
    return f"^{allowed}$" if blank else rf"^{allowed}[^\s{_TAKEN_OUT}{refused}]{allowed}$"


def typed_pattern(form: str) -> str:
    """What may be typed where a rule narrows a text by NFKC and then asks for `form`: full width as well.

    form: of the spans a-z, A-Z, 0-9 and of punctuation. Spaces around it, which rules take off, are left unsaid.
    """
    for span, wide in (("a-z", "ａ-ｚ"), ("A-Z", "Ａ-Ｚ"), ("0-9", "０-９")):
        form = form.replace(span, span + wide)
    return f"^(?:{form})$"
