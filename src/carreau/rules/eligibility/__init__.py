"""An applicant before the rules: the home it needs, whether it may have a social one, what makes it a priority."""
