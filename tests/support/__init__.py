"""What tests stand on: databases, and later devices, fakes and builders. No tests here."""
