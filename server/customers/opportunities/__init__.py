"""Opportunities (商机): what a customer may buy, how near he is, and what comes next; and the funnel they pass through."""
