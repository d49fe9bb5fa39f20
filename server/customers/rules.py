"""What holds for customers, their phones and their notes. Pure: decides from values, never looks anything up.

Each rule with its source: docs/rules/customers.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers

from server.core.problems import Refused, problem_type
from server.customers.profile.rules import follow
from server.customers.search.sound import reading_of

NAME_REQUIRED = problem_type(
    "customers.name-required",
    422,
    zh="请填写客户名称，至少一个文字或数字。",
    en="Give the customer's name: at least one letter or digit.",
)
PHONE_INVALID = problem_type(
    "customers.phone-invalid",
    422,
    zh="不是完整的电话号码；座机请带区号，国外号码请带国家代码，分机号请写在备注里。",
    en="This is no complete phone number. Give a landline with its area code, a foreign number with its country code, "
    "an extension in the remark.",
)
ID_NUMBER_INVALID = problem_type(
    "customers.id-number-invalid",
    422,
    zh="证件号码有误，请核对。",
    en="The identity number is not valid; please check it.",
)
STAGE_FROM_DEAD = problem_type(
    "customers.stage-from-dead",
    422,
    zh="死亡客户须先恢复为潜在、来访或谈判，才能成交或流失。",
    en="A dead customer first becomes prospect, visited or negotiating again before being won or lost.",
)
DAY_IN_FUTURE = problem_type(
    "customers.day-in-future",
    422,
    zh="日期不能晚于今天。",
    en="The day may not lie in the future.",
)
LOST_REASON_REQUIRED = problem_type(
    "customers.lost-reason-required",
    422,
    zh="请选择流失原因。",
    en="Say why the customer was lost.",
)
TEXT_REQUIRED = problem_type(
    "customers.text-required",
    422,
    zh="请填写内容。",
    en="Write something.",
)
REASON_REQUIRED = problem_type(
    "customers.reason-required",
    422,
    zh="请写明原因。",
    en="Give a reason.",
)

KINDS = ("person", "company")
STAGES = ("prospect", "visited", "negotiating", "won", "lost", "dead")
OPEN_STAGES = ("prospect", "visited", "negotiating", "won")
"""Stages of customers that somebody has to look after; a leaver's go to his successor. Rule C9."""
LOSS_REASONS = (
    "price", "location", "layout", "financing", "competitor", "need_gone", "unreachable", "service", "other",
)  # fmt: skip
"""Why a customer or an opportunity was lost. Rule C39."""
GRADES = ("A", "B", "C", "D", "E")
SOURCES = (
    "walk_in", "call_in", "referral", "online", "advertisement", "exhibition", "channel", "cold_call", "other",
)  # fmt: skip

NAME_MOST, KEY_MOST = 120, 240
BEFORE = ("kind", "stage", "lost_reason", "id_number", "need_level", "expected_close_on")
"""Fields of a customer that `check_values` has to know of before."""
PHONE_MOST, LABEL_MOST = 40, 20
ID_NUMBER_MOST, ADDRESS_MOST = 40, 300
NEEDS_MOST, REMARK_MOST, NOTE_MOST, REASON_MOST = 1000, 2000, 4000, 200
TAIL = 4
_SHORTEST = 10
"""Digits of a number in China with its area code."""
_READINGS = 4
"""How often a phone number is read until it stays as it is."""

_JOINERS = "\u200c\u200d"
_PHONE_FORM = re.compile(r"\(?\+?[\d\s().\-/]+")
_MOBILE_FORM = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_ID_NUMBER_FORM = re.compile(r"[0-9A-Z][0-9A-Z()\-/]*")
_CITIZEN_FORM = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_name(name: str) -> str:
    """A customer's name as stored: NFC, spaces single, nothing invisible but the joiners some scripts need.

    Raises Refused NAME_REQUIRED when no letter or digit is left. Source: rule C2.
    """
    # Normal form comes last: what is taken out may have stood between a letter and its accent.
    shown = unicodedata.normalize("NFC", _without_hidden(name, but=_JOINERS))
    text = " ".join(shown.split())[:NAME_MOST].rstrip()
    if not any(_is_word(each) for each in text):
        raise Refused(NAME_REQUIRED, field="/name")
    return text


def name_key(name: str) -> str:
    """What names are searched and sorted by: width, case and invisible characters make no difference. Source: rule C3."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    folded = unicodedata.normalize("NFKC", _without_hidden(folded))
    return " ".join(folded.split())[:KEY_MOST]


def check_phone(number: str, *, field: str = "/number") -> str:
    """A phone number in E.164. Without a country code it is one of China; full-width digits count.

    Raises Refused PHONE_INVALID for everything that cannot be dialled from abroad as it stands. Source: rule C4.
    """
    e164 = _e164(number)
    if e164 is None:
        raise Refused(PHONE_INVALID, field=field)
    return e164


def tail_of(e164: str) -> str:
    """The last digits, by which people search."""
    return e164[-TAIL:]


def check_id_form(number: str) -> str:
    """An identity document's number as stored: narrow, upper case, without the spaces it was typed in groups with.

    Raises Refused ID_NUMBER_INVALID for what stands on no document. Source: rule C5.
    """
    text = "".join(_narrow(number).upper().split())
    if len(text) > ID_NUMBER_MOST or not _ID_NUMBER_FORM.fullmatch(text):
        raise Refused(ID_NUMBER_INVALID, field="/id_number")
    return text


def check_id_number(number: str, *, kind: str) -> None:
    """Can the bearer have this number, as stored? Eighteen characters of a person are GB 11643.

    Raises Refused ID_NUMBER_INVALID when check digit or birthday cannot be. Source: rule C5.
    """
    if kind == "person" and _CITIZEN_FORM.fullmatch(number) and not _is_citizen_number(number):
        raise Refused(ID_NUMBER_INVALID, field="/id_number")


def check_stage(before: str, after: str) -> None:
    """May a customer go from one stage to another? Raises Refused STAGE_FROM_DEAD. Source: rule C6."""
    if before == "dead" and after in ("won", "lost"):
        raise Refused(STAGE_FROM_DEAD, field="/stage")


def check_lost_reason(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What a change makes of the reason why somebody was lost: nobody is lost without one, and it goes when he comes back.

    values: to be set. before: `stage`, `lost_reason` until now; none of a new customer. A reason of somebody who is not lost
    is kept and says nothing: it waits for the stage it came with, where that met another hand's. Of those who were lost
    before reasons were asked for, all else can be changed. Raises Refused LOST_REASON_REQUIRED. Source: rule C39.
    """
    if values.get("stage", "lost") != "lost":
        return {"lost_reason": None}
    is_lost = values.get("stage", before.get("stage")) == "lost"
    if is_lost and {"stage", "lost_reason"} & values.keys() and {**before, **values}.get("lost_reason") is None:
        raise Refused(LOST_REASON_REQUIRED, field="/lost_reason")
    return {}


def check_past(day: date, today: date, *, field: str) -> date:
    """A day that has come. today: the organisation's calendar day. Raises Refused DAY_IN_FUTURE. Source: rule C7."""
    if day > today:
        raise Refused(DAY_IN_FUTURE, field=field)
    return day


def check_text(text: str, *, field: str = "/text") -> str:
    """A note's text, without space around it. Raises Refused TEXT_REQUIRED when nothing can be seen of it."""
    shown = text.strip()
    if not any(_is_visible(each) for each in shown):
        raise Refused(TEXT_REQUIRED, field=field)
    return shown


def check_reason(reason: str) -> str:
    """Why something was done, for the record, cut to REASON_MOST. Raises Refused REASON_REQUIRED when nothing shows."""
    text = " ".join(reason.split())[:REASON_MOST]
    if not any(_is_visible(each) for each in text):
        raise Refused(REASON_REQUIRED, field="/reason")
    return text


def optional(text: str | None) -> str | None:
    """A text that may be missing: blank is none."""
    return text.strip() or None if text is not None else None


def check_values(
    values: Mapping[str, Any], *, before: Mapping[str, Any], today: date, from_device: bool = False
) -> dict[str, Any]:
    """Judge a customer's fields and return them as stored, with what follows from them: `name_key`, `pinyin`, grade, deal.

    values: those to be set, settled (settling.py). before: BEFORE as it is until now; `kind` alone for a new customer. today: the organisation's calendar day. from_device: a first contact after today only shows that the
    device's clock runs ahead, and becomes today. Raises Refused at the field's own name. Source: rules C2 to C7, C30, C31, C39.
    """
    kept = {**values, **follow(values, before=before, today=today)}
    if "name" in values:
        kept["name_key"] = name_key(values["name"])
        kept["pinyin"] = reading_of(kept["name_key"])
    number = values.get("id_number", before.get("id_number"))
    if number is not None and {"id_number", "kind"} & values.keys():
        check_id_number(number, kind=values.get("kind", before["kind"]))
    if "stage" in before and "stage" in values:
        check_stage(before["stage"], values["stage"])
    kept.update(check_lost_reason(values, before))
    first = values.get("first_contact_on")
    if first is not None:
        kept["first_contact_on"] = (
            min(first, today) if from_device else check_past(first, today, field="/first_contact_on")
        )
    if values.get("born_on") is not None:
        check_past(values["born_on"], today, field="/born_on")
    return kept


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search text means. name: key to be contained in names. digits: the end of a phone number, at least four.
    number: the whole number in E.164, when it can be one.
    """

    name: str
    digits: str | None = None
    number: str | None = None


def read_search(text: str) -> Sought | None:
    """Understand a search text: always part of a name, and of a phone when it looks like one. None when it is empty."""
    key = name_key(text)
    if not key:
        return None
    narrow = _narrow(text)
    digits = "".join(str(unicodedata.digit(each)) for each in narrow if each.isdigit())
    if len(digits) < TAIL or len(digits) > 15 or not _PHONE_FORM.fullmatch(narrow):
        return Sought(key)
    return Sought(key, digits, _e164(text))


def _e164(number: str) -> str | None:
    text = _narrow(number)
    for _ in range(_READINGS):
        found = _read_phone(text)
        if found is None or found == text:
            return found
        text = found  # a trunk zero behind another prefix is seen only when what came out is read again
    return None


def _read_phone(text: str) -> str | None:
    if len(text) > PHONE_MOST or not _PHONE_FORM.fullmatch(text):
        return None
    if mobile := _MOBILE_FORM.fullmatch(text):
        return f"+86{mobile[1]}"  # nearly all of them, and parsing takes a fifth of entering a customer
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    # Possible, not valid: numbering plans grow faster than the tables, and a number taken down offline must not be lost.
    # Of China's, those without area code count as possible; from elsewhere they reach nobody.
    possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    is_local = parsed.country_code == 86 and len(phonenumbers.national_significant_number(parsed)) < _SHORTEST
    if parsed.extension or not possible or is_local:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_citizen_number(number: str) -> bool:
    try:
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _narrow(text: str) -> str:
    return _without_hidden(unicodedata.normalize("NFKC", text)).strip()


def _without_hidden(text: str, but: str = "") -> str:
    if text.isprintable():
        return text
    return "".join(each for each in text if _is_shown(each) or each in but)


def _is_shown(character: str) -> bool:
    # Cc control, Cf format (direction, zero width, tags), Cs half characters. What Unicode has not assigned yet stays: rare
    # characters of names come with each of its editions, and ours may be an older one.
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) in ("Co", "Cn")


def _is_visible(character: str) -> bool:
    return _is_word(character) or unicodedata.category(character)[0] in "PS"
