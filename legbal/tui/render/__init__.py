"""Drawing as pure functions of values and size: a frame, width and height in, lines of styled text out."""
