"""Drawing as pure functions of values and size: a scene, width and height in, lines of inked text out."""
