"""The allocation commission as a record: sessions, decisions, offers, answers, leases, and what is counted of them."""
