"""The forms of accounts."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from carreau.site.accounts import postal
from carreau.site.accounts.models import How, User
from carreau.site.accounts.rights import MEMBERS, Role
from carreau.site.accounts.words import say_later
from carreau.site.keyring.index import blind_index
from carreau.site.pages.templatetags.words import say

ROLES = [(role.value, say_later(f"accounts.role.{role.value}")) for role in Role if role in MEMBERS]
AT_THE_DESK = [(how.value, say_later(f"accounts.how.{how.value}")) for how in How if how is not How.LINK]


def _address(**kwargs: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    return forms.EmailField(label=say_later("accounts.field.address"), max_length=254, widget=widget, **kwargs)


def _name() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label=say_later("accounts.field.name"), max_length=120, widget=widget)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password; the account is found by the keyed hash of the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address()
        self.fields["password"].label = say_later("accounts.field.password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        """The keyed hash."""
        return blind_index(self.cleaned_data["login"])


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey: always good to sign in alone, never named by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"credential"}:
            del self.fields[name]
        self.initial.pop("name", None)

    def clean(self) -> dict[str, Any]:
        """A number for its name."""
        self.cleaned_data["name"], self.cleaned_data["passwordless"] = "", True
        self.cleaned_data["name"] = self.clean_name()
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class LinkForm(forms.Form):
    """Where to send a link."""

    address = _address()


class NameForm(forms.Form):
    """What to be called."""

    name = _name()


class PasswordForm(forms.Form):
    """A new password, once: what is typed can be shown by the browser."""

    password = forms.CharField(
        label=say_later("accounts.field.new_password"),
        help_text=say_later("accounts.field.new_password_help"),
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Long, not common, not only digits, not the address."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        if self.user.email and self.user.email.casefold() in password.casefold():
            raise ValidationError(say_later("accounts.error.password_is_address"))
        return password


class PostalAddressForm(forms.Form):
    """The address at the head of letters."""

    postal_address = forms.CharField(
        label=say_later("accounts.field.postal_address"),
        help_text=say_later("accounts.field.postal_address_help", most=postal.LINES, width=postal.WIDTH),
        widget=forms.Textarea(attrs={"rows": postal.LINES}),
        required=False,
    )

    def clean_postal_address(self) -> str:
        """Its lines, without empty ones; what cannot be printed at the head of a letter is refused."""
        lines = postal.lines(self.cleaned_data["postal_address"])
        limits = {"most": postal.LINES, "width": postal.WIDTH}
        if faults := list(postal.faults(lines)):
            raise ValidationError([say(f"accounts.error.postal_{kind}", number=at, **limits) for kind, at in faults])
        return "\n".join(lines)


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    address = _address()
    role = forms.ChoiceField(label=say_later("accounts.field.role"), choices=ROLES, initial=Role.READER.value)


class RoleForm(forms.Form):
    """What a member becomes."""

    role = forms.ChoiceField(label=say_later("accounts.field.role"), choices=ROLES)


class ConsentByLinkForm(forms.Form):
    """Whom to ask."""

    address = _address()


class ConsentAtDeskForm(forms.Form):
    """Who agreed, and how."""

    name = _name()
    how = forms.ChoiceField(label=say_later("accounts.field.how"), choices=AT_THE_DESK)
    agreed = forms.BooleanField(label=say_later("accounts.field.agreed"))


class EraseForm(forms.Form):
    """The word that nobody types by mistake."""

    sure = forms.BooleanField(label=say_later("accounts.field.sure"))
