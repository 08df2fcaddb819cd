"""Values with unit, quotation and location, pre-filled or by people; contacts with authors."""
