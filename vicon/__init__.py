"""vicon: video conference between one hub and many rooms."""

__version__ = "0.1.0"
