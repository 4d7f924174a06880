"""What is left out because somebody asked to be forgotten, or because it is too old."""
