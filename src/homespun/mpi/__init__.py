"""Training on several processes and machines, to the same bits."""
