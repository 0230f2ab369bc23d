"""What the page of components shows: one form with every kind of field, and the colours."""

from django import forms

from carreau.site.pages.templatetags.words import say

RAMP = tuple(f"c{step}" for step in range(1, 7))
COLOURS = ("ink", *RAMP, "unknown")


class Example(forms.Form):
    """A form nobody sends. Its words are said when it is made, in the language of the page."""

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix="exemple")
        required = {"required": say("pages.example_required")}
        rooms = [(str(count), say("homes.rooms_choice", rooms=count)) for count in range(1, 4)]
        wishes = [("near", say("pages.example_near")), ("large", say("pages.example_large"))]
        self.fields["name"] = forms.CharField(label=say("pages.example_name"), error_messages=required)
        self.fields["income"] = forms.IntegerField(
            label=say("pages.example_income"),
            help_text=say("pages.example_income_help"),
            min_value=0,
            error_messages={"min_value": say("pages.example_income_wrong")},
        )
        self.fields["rooms"] = forms.ChoiceField(label=say("pages.example_rooms"), choices=rooms, required=False)
        self.fields["wish"] = forms.ChoiceField(
            label=say("pages.example_wish"), choices=wishes, widget=forms.RadioSelect, error_messages=required
        )
        self.fields["note"] = forms.CharField(label=say("pages.example_note"), widget=forms.Textarea, required=False)
        self.fields["agreed"] = forms.BooleanField(label=say("pages.example_agreed"), required=False)


def example() -> Example:
    """The form as it comes back after two mistakes."""
    return Example({"exemple-name": "", "exemple-income": "-5", "exemple-rooms": "2", "exemple-wish": "near"})
