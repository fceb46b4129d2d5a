"""What must hold for a rendered tree; each module finds one kind of trouble."""
