"""The columns of customers in a file for spreadsheets. Pure.

Decision: protected values are masked here as everywhere; whoever needs one reveals it.
"""

from __future__ import annotations

from server.core.i18n import Language, Text
from server.core.sheets import Columns
from server.customers.queries import Card

_STAGES = {
    "prospect": Text("潜在", "prospect"),
    "visited": Text("来访", "visited"),
    "negotiating": Text("谈判", "negotiating"),
    "won": Text("成交", "won"),
    "lost": Text("流失", "lost"),
    "dead": Text("死亡客户", "dead"),
}
LOSS_WORDS = {
    "price": Text("价格", "price"),
    "location": Text("位置", "location"),
    "layout": Text("户型", "layout"),
    "financing": Text("资金或贷款", "financing"),
    "competitor": Text("选择竞品", "competitor"),
    "need_gone": Text("需求消失", "no need any more"),
    "unreachable": Text("联系不上", "unreachable"),
    "service": Text("服务", "service"),
    "other": Text("其他", "other"),
}
"""Of customers and of opportunities."""
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
COLUMNS: Columns[Card] = (
    (Text("编号", "id"), lambda card, _: card.id),
    (Text("客户名称", "name"), lambda card, _: card.name),
    (Text("类型", "kind"), lambda card, language: _word(_KINDS, card.kind, language)),
    (Text("电话", "phones"), lambda card, _: " / ".join(phone.number for phone in card.phones)),
    (Text("阶段", "stage"), lambda card, language: _word(_STAGES, card.stage, language)),
    (
        Text("流失原因", "loss reason"),
        lambda card, language: _word(LOSS_WORDS, card.lost_reason if card.stage == "lost" else None, language),
    ),
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


def _word(words: dict[str, Text], code: str | None, language: Language) -> str | None:
    return words[code].fill(language, {}) if code is not None else None
