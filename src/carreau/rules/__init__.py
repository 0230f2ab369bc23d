"""What the law and a territory decided: dated parameters, and one module a family of rules."""
