"""Whether PDF letters can be made here: WeasyPrint needs Pango from the system."""


def missing_library() -> str:
    """Empty when letters can be made, else the sentence with the remedy."""
    try:
        import weasyprint  # noqa: F401  its import loads the library
    except OSError:
        packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        return f"Letters cannot be printed as PDF here: apt-get install {packages}, then start again."
    return ""
