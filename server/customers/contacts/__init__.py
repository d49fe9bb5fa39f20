"""Contacts (联系人): the people of a customer, above all of a company; how each is reached, and who is asked for first."""
