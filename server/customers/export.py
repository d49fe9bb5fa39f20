"""Customers as a CSV file: made line by line, safe to open in a spreadsheet. Pure.

Source: security design §2.8. Decision: protected values are masked here as everywhere; whoever needs one reveals it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator

from server.core.i18n import Language, Text
from server.customers.queries import Card

BOM = "\ufeff"
"""Without it, spreadsheets read UTF-8 as the local code page."""
_LINES = 500

_STAGES = {
    "prospect": Text("潜在", "prospect"),
    "visited": Text("来访", "visited"),
    "negotiating": Text("谈判", "negotiating"),
    "won": Text("成交", "won"),
    "lost": Text("流失", "lost"),
    "dead": Text("死亡客户", "dead"),
}
_KINDS = {"person": Text("个人", "person"), "company": Text("公司", "company")}
_SOURCES = {
    "walk_in": Text("自然来访", "walk-in"),
    "call_in": Text("来电", "inbound call"),
    "referral": Text("介绍", "referral"),
    "online": Text("网络", "online"),
    "advertisement": Text("广告", "advertisement"),
    "exhibition": Text("展会", "exhibition"),
    "channel": Text("渠道", "channel"),
    "cold_call": Text("陌拜", "cold call"),
    "other": Text("其他", "other"),
}
_DEALS = {
    "potential": Text("潜在", "potential"),
    "negotiating": Text("谈判", "negotiating"),
    "won": Text("成交", "won"),
    "lost": Text("流失", "lost"),
}
_NEEDS = {"clear": Text("明确", "clear"), "latent": Text("潜在", "latent"), "none": Text("无", "none")}
_IMPORTANCES = {"key": Text("重点", "key"), "ordinary": Text("普通", "ordinary")}
_CATEGORIES = {
    "general": Text("一般客户", "general"),
    "key_account": Text("大客户", "key account"),
    "connection": Text("关系客户", "connection"),
    "broker": Text("经纪人", "broker"),
    "agency": Text("代理", "agency"),
}
_COLUMNS: tuple[tuple[Text, Callable[[Card, Language], object]], ...] = (
    (Text("编号", "id"), lambda card, _: card.id),
    (Text("客户名称", "name"), lambda card, _: card.name),
    (Text("类型", "kind"), lambda card, language: _word(_KINDS, card.kind, language)),
    (Text("电话", "phones"), lambda card, _: " / ".join(phone.number for phone in card.phones)),
    (Text("阶段", "stage"), lambda card, language: _word(_STAGES, card.stage, language)),
    (Text("等级", "grade"), lambda card, _: card.grade),
    (Text("成交状态", "deal"), lambda card, language: _word(_DEALS, card.deal, language)),
    (Text("需求程度", "need"), lambda card, language: _word(_NEEDS, card.need_level, language)),
    (Text("预计成交", "expected close"), lambda card, _: card.expected_close_on),
    (Text("重要性", "importance"), lambda card, language: _word(_IMPORTANCES, card.importance, language)),
    (Text("来源", "source"), lambda card, language: _word(_SOURCES, card.source, language)),
    (Text("证件号码", "identity number"), lambda card, _: card.id_number),
    (Text("地址", "address"), lambda card, _: card.address),
    (Text("需求", "needs"), lambda card, _: card.needs),
    (Text("备注", "remark"), lambda card, _: card.remark),
    (Text("爱好", "hobbies"), lambda card, _: card.hobbies),
    (Text("个性需求", "special needs"), lambda card, _: card.wishes),
    (Text("行业", "industry"), lambda card, _: card.industry),
    (Text("类别", "category"), lambda card, language: _word(_CATEGORIES, card.category, language)),
    (Text("停用", "disabled"), lambda card, _: None if card.is_enabled else "×"),
    (Text("首次接触", "first contact"), lambda card, _: card.first_contact_on),
    (Text("归属人", "owner"), lambda card, _: card.owner_name),
)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def csv_chunks(cards: Iterable[Card], language: Language) -> Iterator[bytes]:
    """The file in UTF-8 with BOM, some hundred lines at a time, so that its size does not matter."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([title.fill(language, {}) for title, _ in _COLUMNS])
    for number, card in enumerate(cards, 1):
        writer.writerow([_cell(value(card, language)) for _, value in _COLUMNS])
        if number % _LINES == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes in front where one would. Numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) else text


def _cell(value: object) -> object:
    return safe_text(value) if isinstance(value, str) else value


def _word(words: dict[str, Text], code: str | None, language: Language) -> str | None:
    return words[code].fill(language, {}) if code is not None else None
