"""The bus: what the units of a site tell each other over MQTT."""
