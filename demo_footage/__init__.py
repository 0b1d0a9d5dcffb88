"""A developer's tool: draws and voices the three stand-in clips of the demo story."""
