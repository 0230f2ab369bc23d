"""A form says its mistakes twice, in words: beside the field and in the summary; what was typed is kept."""

import re

from carreau.site.pages.components import Example, example
from carreau.text import say


def test_a_mistake_is_in_the_summary_and_beside_the_field() -> None:
    written = str(example())
    summary, fields = written.split("</div>", 1)
    assert say("pages.form_errors", "fr", count=2) in summary
    message = say("pages.example_income_wrong", "fr")
    assert message in summary
    assert message in fields
    assert '<a href="#id_exemple-income">' in summary
    assert 'value="-5"' in fields
    assert re.search(r'id="id_exemple-income"[^>]*aria-invalid="true"', fields) or re.search(
        r'aria-invalid="true"[^>]*id="id_exemple-income"', fields
    )


def test_what_describes_a_field_exists() -> None:
    written = str(example())
    for names in re.findall(r'aria-describedby="([^"]+)"', written):
        for name in names.split():
            assert f'id="{name}"' in written


def test_a_fresh_form_has_no_summary_and_marks_what_may_be_left_out() -> None:
    written = str(Example())
    assert 'class="summary"' not in written
    assert written.count(say("pages.optional", "fr")) == 2
