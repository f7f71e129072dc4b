"""The platform's Course Reset endpoint, over our operations: what the Support Tools micro-frontend calls."""
