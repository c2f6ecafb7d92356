"""Templates: djade's format, and no inline script, style or event handler, which the content security policy would refuse.

Pages for paper (`*_pdf.html`) never reach a browser and carry their own style.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFUSED = re.compile(r"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)|href=\"javascript:", re.IGNORECASE)


def main() -> int:
    pages = sorted((ROOT / "templates").rglob("*.html"))
    wrong = [
        f"{page.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for page in pages
        if not page.stem.endswith("_pdf")
        for number, line in enumerate(page.read_text().splitlines(), start=1)
        if REFUSED.search(line)
    ]
    print("\n".join(wrong))
    djade = [str(ROOT / ".venv" / "bin" / "djade"), "--target-version", "5.2", "--check", *map(str, pages)]
    return max(bool(wrong), subprocess.run(djade, check=False).returncode)


if __name__ == "__main__":
    sys.exit(main())
