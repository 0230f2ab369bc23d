"""What a home costs a tenant: housing benefit (APL), rent reduction (RLS), effort rate, supplement (SLS)."""
