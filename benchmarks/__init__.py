"""Benchmarks: the product beside a peer or a physical limit in the same run; docs/benchmarks.md says what was found."""
