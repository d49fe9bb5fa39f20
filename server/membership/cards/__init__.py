"""What a card or a phone shows at a kiosk, and what makes it genuine: one module for each kind. Pure.

No clock, session, request, settings or randomness: keys, the organisation and the moment are arguments. What each kind
proves and what it does not: docs/rules/cards.md.
"""
