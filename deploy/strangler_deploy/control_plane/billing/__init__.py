"""What use costs: price lists that never change once used, invoices that reproduce to the cent. No card data."""
