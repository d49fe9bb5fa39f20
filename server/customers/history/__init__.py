"""Who changed what of a customer and when, old and new: the events about him, as his page shows them."""
