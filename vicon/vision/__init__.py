"""Looking at pictures: with OpenCV, in threads of the main process."""
