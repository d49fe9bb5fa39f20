"""Receptions (接待): each time a customer was received, and the sheet (客户联系单) that was written. Rule R1."""
