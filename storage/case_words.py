"""The few words that cases use: their states, and why they are closed. Imports nothing, so anything may import it."""

STATES = ("open", "claimed", "escalated", "closed")
REASONS = ("helped", "no-concern", "false-alarm", "duplicate", "other")
IMPLIED = {"helped": "right", "false-alarm": "wrong"}  # what the end of a case says of its alerts
LONGEST_NOTE = 500  # characters
