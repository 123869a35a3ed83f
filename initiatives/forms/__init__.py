"""What may be typed, checked before any action is called."""
