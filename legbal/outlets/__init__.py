"""Who is told? Sound, JSON lines, MQTT."""
