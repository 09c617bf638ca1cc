"""When a response may be wearing off: a clinic's durations, a patient's own, and the scores."""
