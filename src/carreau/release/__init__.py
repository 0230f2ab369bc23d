"""The only way a statistic leaves: disclosure control and exports."""
