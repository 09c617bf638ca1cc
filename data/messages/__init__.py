"""Messages on their way: an outbox in the database, a worker that sends, mail and texts."""
