"""What the member club does, by topic: load, ask the rules, write, record an event. Nothing in here commits."""
