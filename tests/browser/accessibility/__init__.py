"""Twenty-two numbered checks of accessibility, A1 to A22, a page that fails each of them once, and its clean twin."""
