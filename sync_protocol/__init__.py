"""The sync protocol as a pure library: no I/O, no framework, standard library only. The page is docs/protocol.md."""
