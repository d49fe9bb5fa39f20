"""Calendar: what stands on which day, of a team or of one customer, whatever kind of row it is."""
