"""What holds for attachments: their words, and how a file is named. Pure. Source: docs/rules/customers.md, T1 to T3."""

from __future__ import annotations

import re

from server.core.problems import Refused, problem_type

FILE_NAME = problem_type(
    "customers.attachment-file",
    422,
    zh="文件校验值应为 64 位十六进制 SHA-256。",
    en="A file is named by its SHA-256: 64 hexadecimal digits.",
)
OTHER_DOCUMENT = problem_type(
    "customers.attachment-elsewhere",
    422,
    zh="该客户没有这份附件，无法添加新版本。",
    en="This customer has no such document to add a version to.",
    doc="`version_of` names the first version of a document of the same customer.",
)
FORMS = ("picture", "pdf")
"""What a file is said to be before it has arrived; what it is decides its content (docs/rules/files.md, B7)."""
ABOUT = ("visits", "activities", "opportunities", "receptions")
"""Collections whose rows an attachment may hang on, beside the customer himself."""
NAME_MOST = 120
SIZE_MOST = 2**31 - 1

_SHA256 = re.compile("[0-9a-f]{64}")


def check_file(sha256: str) -> str:
    """The name of a file as rows hold it. Raises Refused FILE_NAME at /sha256."""
    found = sha256.strip().lower()
    if not _SHA256.fullmatch(found):
        raise Refused(FILE_NAME, field="/sha256")
    return found
