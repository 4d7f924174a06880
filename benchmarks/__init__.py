"""Figures that anybody can take: ``python -m benchmarks --help``."""
