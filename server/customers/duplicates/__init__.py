"""Who is there already: asked while a customer is entered, before there are two of him."""
