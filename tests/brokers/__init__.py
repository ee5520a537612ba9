"""Real MQTT brokers on the loopback, what can go wrong on the way to them, and an ear at them."""
