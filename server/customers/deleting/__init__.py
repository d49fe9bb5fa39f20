"""Deleting customers, with thirty days to restore them: what goes along, what is refused, and when it is gone for good."""
