"""Where customers are: set from a check-in or on a map, so that the next check-in is judged against it."""
