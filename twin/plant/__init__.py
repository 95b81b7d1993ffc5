"""The plant: what the station is made of, and the physics it obeys."""
