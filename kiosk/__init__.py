"""Kiosks in sales centres: their enrolment, what they read and sign, visitors who register there; and their HTTP doors."""
