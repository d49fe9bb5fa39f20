"""What is done with kiosks and by them, by topic: load, ask the rules, write, record an event. Nothing in here commits."""
