"""Expenses: what people spent for customers, who approved it, and what is paid back."""
