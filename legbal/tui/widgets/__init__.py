"""The widgets that put drawings on the screen: one drawing, the keys, a list with a cursor."""
