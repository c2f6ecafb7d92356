class DepositError(ValueError):
    """What cannot be done with a bank line or payment as it stands; the message is for the person who asked."""
