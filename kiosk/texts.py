"""What a kiosk says to people, in both languages. It gets these from the server, so that all kiosks say the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from server.core.i18n import Text

CONSENT_VERSION = "2026-1"
CONSENT = Text(
    zh="我同意将姓名和手机号提供给本案场，用于接待和后续联系；可随时要求查看、更正或删除。",
    en="I agree that my name and phone number are kept by this sales centre to receive me and to contact me later. "
    "I may ask at any time to see, correct or delete them.",
)
"""Another text gets another version; what somebody agreed to is kept with the version."""

TEXTS: Mapping[str, Text] = {
    "invite": Text(zh="请出示会员卡或会员码", en="Please show your membership card or code"),
    "welcome": Text(zh="{name}，欢迎光临！", en="Welcome, {name}!"),
    "welcome-offline": Text(
        zh="欢迎光临！您的到访已记录，恢复网络后为您登记。",
        en="Welcome! Your visit is noted and will be entered when the network is back.",
    ),
    "refused": Text(
        zh="暂时无法识别，请到前台，我们很乐意帮您。",
        en="We could not read that. Please come to the reception; we will gladly help.",
    ),
    "registered": Text(
        zh="谢谢！请稍候，我们马上接待您。", en="Thank you! Please take a seat; somebody will be with you."
    ),
    "consent": CONSENT,
}
"""By key. `{name}` is the masked name of the answer."""
