"""Doorstep's server: areas over one core. See docs/architecture.md."""
