"""Coming in, before anyone is known: no function here takes a person, and each one is audited."""
