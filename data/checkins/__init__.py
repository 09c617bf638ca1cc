"""Check-ins: what is due, links, forms. Links and forms take no person: a link is for one form."""
