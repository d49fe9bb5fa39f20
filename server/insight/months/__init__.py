"""What each person of a team did, day by day and in a month, counted from what is there: no report is written by hand."""
