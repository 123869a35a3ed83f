"""What leaders look at and analysts take away. Each view fetches, asks for figures, and answers."""
