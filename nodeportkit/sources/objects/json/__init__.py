"""Objects written as JSON: one document, many, lines of a watch, lists of any length."""
