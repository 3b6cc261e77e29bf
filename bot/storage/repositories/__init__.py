"""The services' repositories, each over one session: all SQL of the transactions is here."""
