"""Mail and in-app messages, and who wants which."""
