"""Who follows from elsewhere? A ride goes to a broker, and one or many rides come from it (MQTT 3.1.1)."""
