"""Archives of Slack, Google Calendar and HubSpot of any size, in their vendors' layouts, each
with an oracle: what must come out of it, written down before it was serialised.
"""
