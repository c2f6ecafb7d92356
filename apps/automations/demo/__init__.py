"""The demo practice: invented, loaded from the sandbox's own account of itself, in demo mode only."""

from apps.automations.demo.load import NotInDemoModeError, load_demo
from apps.automations.demo.people import people_lines

__all__ = ["NotInDemoModeError", "load_demo", "people_lines"]
