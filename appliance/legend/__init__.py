"""The legend: what each light, sound and button of a unit means, for the people who stand before it."""
