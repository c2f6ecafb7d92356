#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from apps.core.embedded import use_embedded_services
    from config.env import VAR_DIR

    use_embedded_services(sys.argv, VAR_DIR)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
