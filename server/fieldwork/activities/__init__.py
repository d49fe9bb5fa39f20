"""Activities: contact with a customer, or work for him, that is no visit. And the kinds an organisation adds to the seven."""
