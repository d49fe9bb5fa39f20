"""The team's feed: what people did with customers, within a leader's reach, latest day first."""
