"""Mail over SMTP: one line of text that names nobody, and where to read on."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from notifications.channels import SENT, End, Message, Result, later, refused, unknown
from server.core.i18n import Text

TIMEOUT = 6.0
"""Seconds for each step."""
SUBJECT = Text("Doorstep 提醒", "A reminder from Doorstep")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Email:
    """Sends through one mail server. url: smtp://user:password@host:587, with STARTTLS where offered, or smtps://…:465."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    def send(self, end: End, message: Message) -> Result:
        """As Sender.send."""
        try:
            client = self._opened()
        except smtplib.SMTPAuthenticationError:
            return later("email.credentials", is_ours=True)
        except (smtplib.SMTPException, OSError):
            return later("email.away")
        try:
            return self._hand_over(client, end, message)
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            client = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        try:
            client.ehlo_or_helo_if_needed()
            if not self._is_tls and client.has_extn("starttls"):
                client.starttls(context=context)
                client.ehlo()
            elif not self._is_tls and self._user and self._host not in _LOOPBACK:
                raise smtplib.SMTPNotSupportedError("no TLS: the password would be readable on the way")
            if self._user:
                client.login(self._user, self._password)
        except BaseException:
            client.close()
            raise
        return client

    def _hand_over(self, client: smtplib.SMTP, end: End, message: Message) -> Result:
        try:
            for code in (client.mail(self._sender)[0], client.rcpt(end.address)[0]):
                if code >= 400:
                    return _judged(code)
        except (smtplib.SMTPException, OSError):
            return later("email.away")
        try:
            code = client.data(self._form(end, message))[0]
        except smtplib.SMTPDataError as error:
            return _judged(error.smtp_code)
        except (smtplib.SMTPException, OSError):
            return unknown("email.no-answer")
        return SENT if code < 400 else _judged(code)

    def _form(self, end: End, message: Message) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, end.address
        mail["Subject"] = SUBJECT.zh if message.locale == "zh" else SUBJECT.en
        mail["Date"] = formatdate()
        # The same whenever it is sent again: that is what mail programs know a mail by.
        mail["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2] or 'doorstep'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{message.text}\n\n{message.link}\n")
        return mail.as_bytes()


def _judged(code: int) -> Result:
    return later("email.away") if code < 500 else refused("email.refused")
