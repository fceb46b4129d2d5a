"""The operators' page: three files that the API serves, with nothing from elsewhere."""
