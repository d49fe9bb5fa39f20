"""What somebody is to reach in a month, set by whoever leads him, against what he has done."""
