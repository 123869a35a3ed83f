"""The pages of initiatives: reading them, saying how they go, and the people behind them."""
