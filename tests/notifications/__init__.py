"""Tests of notifications: who is told what, when, through which channel, and that it is once."""
