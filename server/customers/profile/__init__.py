"""What kind of customer he is: grade by closing horizon, the four axes, industry, category and expected amount."""
