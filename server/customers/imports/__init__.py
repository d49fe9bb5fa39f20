"""Customers from a list that somebody keeps as CSV or XLSX: looked at, tried, taken in row by row, each row answered."""
