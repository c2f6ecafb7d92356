"""Pure rules of the room: which visits to ask about, and what a payer's answer means (DOMAIN 3)."""
