"""A full-account Telegram export of any size, in the layout of tdesktop's writer, and an
oracle: what each message says, written down before it was made HTML.
"""
