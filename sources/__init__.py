"""Sources of customer conversations, meetings and deals: one package each.

Nothing here imports ``etl``.
"""
