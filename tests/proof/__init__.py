"""Proof that the promises hold: fleets of devices with planted bugs, killed servers, hostile input."""
