"""What a table would do with requests that are not sent: one explained, a whole log replayed."""
