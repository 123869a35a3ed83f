"""Signing in and out, a person's own account, their second factor and their sessions."""
