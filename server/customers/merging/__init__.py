"""Two customers become one: who stays, what of his card comes from the other, and what is answered for who went."""
