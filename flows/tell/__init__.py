"""What a person is told by mail: what is worth telling, the mail that tells it, its way to a server."""
