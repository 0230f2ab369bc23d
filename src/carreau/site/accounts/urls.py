"""Addresses of sign-in, of one's account and of an organisation's members.

Those whose names begin with `account_`, `mfa_` or `socialaccount_` and that `allauth` serves keep the names by which it
finds them.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as provider
from django.urls import path
from django.views.generic import RedirectView

from carreau.site.accounts.rights import Action, needs
from carreau.site.accounts.views import entry, openid, organisation, own, representing

coming = needs(Action.SIGN_IN)
own_account = needs(Action.KEEP_OWN_ACCOUNT)

urlpatterns = [
    path("", own.account, name="account"),
    path("connexion", coming(allauth.login), name="account_login"),
    path("inscription", coming(RedirectView.as_view(pattern_name="link", query_string=True)), name="account_signup"),
    path("lien", entry.ask_link, name="link"),
    path("lien/envoye", entry.link_sent, name="link_sent"),
    path("lien/<str:token>", entry.use_link, name="link_use"),
    path("invitation/<str:token>", entry.invitation, name="invitation"),
    path("deconnexion", entry.sign_out, name="account_logout"),
    path("deconnexion/partout", entry.sign_out_everywhere, name="sign_out_everywhere"),
    path("ferme", entry.inactive, name="account_inactive"),
    path("confirmation", own_account(allauth.reauthenticate), name="account_reauthenticate"),
    path("nom", own.name, name="account_name"),
    path("adresse", own.address, name="account_address"),
    path("adresse/<str:token>", own.use_address, name="account_address_use"),
    path("mot-de-passe", own.password, name="account_password"),
    path("appareils", own.devices, name="account_devices"),
    path("appareils/<uuid:handle>/fin", own.end_session, name="account_session_end"),
    path("donnees", own.data, name="account_data"),
    path("effacement", own.erase, name="account_erase"),
    path("choix", own.switch, name="account_switch"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/adresse", organisation.change_postal_address, name="postal_address"),
    path("organisation/invitations", organisation.invite, name="invite"),
    path("organisation/invitations/<int:pk>/retrait", organisation.withdraw, name="invitation_withdraw"),
    path("organisation/membres/<int:pk>/role", organisation.change_role, name="member_role"),
    path("organisation/membres/<int:pk>/fin", organisation.end, name="member_end"),
    path("representation", representing.represented, name="represented"),
    path("representation/demande", representing.ask, name="consent_ask"),
    path("representation/guichet", representing.record, name="consent_record"),
    path("representation/<int:pk>/debut", representing.begin, name="acting_begin"),
    path("representation/fin", representing.stop, name="acting_stop"),
    path("accord/<str:token>", representing.consent, name="consent"),
    path("accords/<int:pk>/fin", own.end_consent, name="consent_end"),
    path("second-facteur", own_account(factor.index), name="mfa_index"),
    path("second-facteur/verification", coming(factor.authenticate), name="mfa_authenticate"),
    path("second-facteur/confirmation", own_account(factor.reauthenticate), name="mfa_reauthenticate"),
    path("second-facteur/application", own_account(totp.activate_totp), name="mfa_activate_totp"),
    path("second-facteur/application/fin", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes", own_account(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/nouveaux", own_account(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/fichier", own_account(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("cles", own_account(passkey.list_webauthn), name="mfa_list_webauthn"),
    path("cles/ajout", own_account(passkey.add_webauthn), name="mfa_add_webauthn"),
    path("cles/connexion", coming(passkey.login_webauthn), name="mfa_login_webauthn"),
    path("cles/confirmation", own_account(passkey.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("cles/<int:pk>/fin", own_account(passkey.remove_webauthn), name="mfa_remove_webauthn"),
    path("fournisseurs", own_account(provider.connections), name="socialaccount_connections"),
    path("fournisseurs/abandon", coming(provider.login_cancelled), name="socialaccount_login_cancelled"),
    path("fournisseurs/echec", coming(provider.login_error), name="socialaccount_login_error"),
    path("fournisseurs/inscription", coming(RedirectView.as_view(pattern_name="link")), name="socialaccount_signup"),
]

provider_urls = [
    path("<slug:provider_id>/connexion", openid.begin, name="openid_connect_login"),
    path("<slug:provider_id>/retour", openid.finish, name="openid_connect_callback"),
]
"""One address whatever the language: a provider is told which one to send people back to."""
