"""What a person enters to connect a system: the settings of an adapter, as a form asks for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting by its `name`. A `secret` is written and never shown again; `is_number`: a whole number from 0."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    is_number: bool = False
