"""The channels that this installation has, by its settings. A channel without settings is not there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from notifications.channels import Sender
from notifications.channels.patient import Patient
from notifications.rules import Channel
from server.config import Settings
from server.core.keys import load_vapid_key


@lru_cache(maxsize=8)
def channels_of(settings: Settings) -> Mapping[Channel, Sender]:
    """Opened once a process: they keep tokens and connections. Raises BadSettings for a key that cannot be read."""
    # Here and not above: the libraries of push services take a second to import, and only the worker needs them.
    from notifications.channels.email import Email
    from notifications.channels.outbound import Outbound
    from notifications.channels.sms import Sms
    from notifications.channels.webpush import WebPush

    found: dict[Channel, Sender] = {}
    key = load_vapid_key(settings)
    if key is not None:
        # Push services want a mailbox or an https page; before there is a public address, nobody's mailbox.
        subject = settings.vapid_subject or (settings.public_url if settings.is_https else "mailto:nobody@localhost")
        found[Channel.WEBPUSH] = WebPush(Outbound(settings.push_hosts), key, subject)
    if settings.fcm_credentials is not None:
        from notifications.channels.fcm import Fcm

        found[Channel.FCM] = Fcm(settings.fcm_credentials)
    if settings.smtp_url is not None and settings.mail_from is not None:
        found[Channel.EMAIL] = Email(settings.smtp_url, settings.mail_from)
    if settings.sms_url is not None:
        found[Channel.SMS] = Sms(settings.sms_url, settings.sms_token)
    return {channel: Patient(sender, channel) for channel, sender in found.items()}
