"""What an auditor asks for: from a control to the rule that holds it, its log, and the query that finds it."""
