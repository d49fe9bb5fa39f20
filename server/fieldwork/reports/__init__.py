"""Work reports: of a day or a week, filled in from what happened, sent to those who are to read them."""
