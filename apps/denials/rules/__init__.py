"""Pure rules of the room: lane, due date, what is prepared, and what a later remittance makes of a denial (DOMAIN 5)."""
