"""`python -m server.cli`, as `run` starts its children."""

from server.cli import main

main(prog_name="doorstep")
