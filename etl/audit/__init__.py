"""The audit: archives counted again, and held against what was made of them."""
