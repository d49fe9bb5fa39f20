"""What every area stands on. Knows no area; nothing here may import one."""
