"""The sales centre of the kiosks' tests, on both databases."""

from tests.kiosk.conftest import centre, kiosk

__all__ = ["centre", "kiosk"]
