"""What do the bytes mean? The characteristics of the Cycling Power Service (0x1818), and a strap's."""
