"""The pages of accounts: coming in, one's own account, an organisation's members, acting for somebody."""
