"""The reference page of rights, written from the table."""

from carreau.site.accounts.rights import RIGHTS, Right, Role, needs_second_factor

HEAD = """# Rights

Who may do what on the site, written from the one table (`src/carreau/site/accounts/rights.py`) by
`python -m carreau.site rights_page`; a test keeps it up to date, and another asks every address as every role.

✓ is a right, ✓² one that also demands a second factor in the session. A state in brackets: only when the thing is in
one of these. Rows of another organisation are unknown (404) to everybody, whatever their rights.
"""


def page() -> str:
    """The page, in Markdown."""
    roles = list(Role)
    lines = [f"| action | {' | '.join(role.value for role in roles)} |", f"|---|{'---|' * len(roles)}"]
    for action, right in RIGHTS.items():
        cells = " | ".join(
            ("✓²" if needs_second_factor(role, action) else "✓") if role in right.roles else "" for role in roles
        )
        lines.append(f"| `{action.value}`{_states(right)} | {cells} |")
    return HEAD + "\n" + "\n".join(lines) + "\n"


def _states(right: Right) -> str:
    return f" [{', '.join(sorted(right.states))}]" if right.states else ""
