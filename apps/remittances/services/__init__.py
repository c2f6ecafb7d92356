from apps.remittances.services.post_remittances import PostedRemittances, post_file, post_remittances

__all__ = ["PostedRemittances", "post_file", "post_remittances"]
