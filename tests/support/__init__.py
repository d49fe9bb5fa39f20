"""What tests stand on: databases, small worlds and scenes, servers as processes, recipes for every operation. No tests here."""
