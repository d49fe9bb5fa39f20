"""Finding customers by name and by sound: how names are read, the keys they are found by, and the table that holds the keys."""
