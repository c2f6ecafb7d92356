"""The outside world in a box: its own process and memory, met over HTTP and SFTP only, imported by nobody."""
