"""The wire: protocol v1 between a vicon server and its browsers, agents and tools.

Knows nothing of conferences. See docs/protocol.md.
"""
