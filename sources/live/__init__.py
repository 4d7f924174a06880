"""What the live services share: calls with good manners, answers landed in segments, and
segments read back. A service's own fetcher and reader stand in its package.
"""
