"""Whether PDF letters can be made here: WeasyPrint needs Pango from the system."""

from apps.denials.services import PDF_REMEDY


def missing_library() -> str:
    """Empty when letters can be made, else the sentence with the remedy."""
    try:
        import weasyprint  # noqa: F401  its import loads the library
    except OSError:
        return f"Letters cannot be printed as PDF here: {PDF_REMEDY}, then start again."
    return ""
