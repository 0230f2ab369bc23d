"""A plausible population for a register, drawn from published margins and labelled synthetic throughout."""
