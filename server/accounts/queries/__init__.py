"""SELECTs of accounts, by topic. Each takes a connection and the organisation; none writes."""
