"""What the dashboard reads besides the figures themselves."""
