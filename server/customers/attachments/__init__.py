"""Attachments (附件): files hung on a customer or on what happened with him, in versions (domain row 8). Rules T1 to T3."""
