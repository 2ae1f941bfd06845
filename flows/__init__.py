"""What happens: the Prefect flows, the command line and the rooms that a datum passes through."""
