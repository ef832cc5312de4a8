"""`python -m vicon` is `vicon`."""

from vicon.cli import main

main()
