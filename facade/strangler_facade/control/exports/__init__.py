"""What the control plane tells the outside of its own accord: webhooks, and figures for a collector."""
