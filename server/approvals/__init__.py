"""Approvals: who decides about what somebody asks for. Knows no subject: areas above register theirs (subjects.py)."""
