"""What holds for contacts. Pure. Source: docs/rules/customers.md, C33."""

from __future__ import annotations

import re

from server.core.problems import Refused, problem_type

MAIL_INVALID = problem_type(
    "customers.mail-invalid",
    422,
    zh="邮箱地址有误，请核对。",
    en="This is no mail address; please check it.",
)
CONTACT_ELSEWHERE = problem_type(
    "customers.contact-elsewhere",
    422,
    zh="该客户没有这位联系人。",
    en="This customer has no such contact.",
)

MAIL_FORM = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
_MAIL = re.compile(MAIL_FORM)


def check_mail(address: str) -> str:
    """A mail address as stored: without space around it. Raises Refused MAIL_INVALID."""
    text = address.strip()
    if not _MAIL.fullmatch(text):
        raise Refused(MAIL_INVALID, field="/mail")
    return text
