"""Every page of the portal, who opens it, and how."""

from dataclasses import dataclass

from playwright.sync_api import expect


@dataclass(frozen=True)
class Page:
    """A page: its name, the person who opens it (None is signed out), its address, and what they do there."""

    name: str
    person: str | None
    address: str
    deed: str = ""
    status: int = 200
    portal: str = "essex"

    def __str__(self):
        return self.name


PAGES = [
    Page("sign-in", None, "/accounts/login/"),
    Page("sign-in refused", None, "/accounts/login/", deed="sign_in_wrongly"),
    Page("password reset", None, "/accounts/password_reset/"),
    Page("password reset sent", None, "/accounts/password_reset/done/"),
    Page("password link that no longer works", None, "/accounts/set_password/x/y/"),
    Page("password is set", None, "/accounts/set_password/done/"),
    Page("dashboard", "leader", "/"),
    Page("dashboard as at a past day", "leader", "/?as_at={past_day}"),
    Page("dashboard of an empty portal", "office", "/", portal="empty"),
    Page("pillars", "leader", "/pillars/"),
    Page("one pillar", "leader", "/pillars/people/"),
    Page("golden thread", "leader", "/aims/"),
    Page("one aim", "leader", "/aims/A1/"),
    Page("one commitment", "leader", "/aims/E1/"),
    Page("initiatives", "leader", "/initiatives/"),
    Page("initiatives, second page", "leader", "/initiatives/?page=2"),
    Page("initiatives, filtered", "leader", "/initiatives/?status=red&status=amber&pillar=process&sort=-gap"),
    Page("initiatives, none found", "leader", "/initiatives/?q=no+such+thing"),
    Page("one initiative", "leader", "/initiatives/DS-010/"),
    Page("one initiative without milestones", "office", "/initiatives/DS-023/"),
    Page("update form", "owner", "/initiatives/DS-010/update/"),
    Page("update form with errors", "owner", "/initiatives/DS-010/update/", deed="save_with_errors"),
    Page("update saved", "owner", "/initiatives/DS-010/update/", deed="save"),
    Page("data sets", "analyst", "/exports/"),
    Page("data sets, filtered", "analyst", "/exports/?pillar=people&q=data", deed="open_details"),
    Page("account", "owner", "/accounts/"),
    Page("account without a role", "nobody", "/accounts/"),
    Page("400", "leader", "/?as_at=yesterday", status=400),
    Page("403", "nobody", "/", status=403),
    Page("404", "leader", "/initiatives/XX-999/", status=404),
    Page("404 when signed out", None, "/no-such-page/", status=404),
    Page("500", "leader", "/", deed="break_down", status=500),
    Page("administration", "admin", "/admin/"),
    Page("administration, initiatives", "admin", "/admin/initiatives/initiative/"),
    Page("administration, one initiative", "admin", "/admin/initiatives/initiative/{id}/change/"),
]
BY_NAME = {page.name: page for page in PAGES}


def sign_in_wrongly(page):
    page.get_by_label("Username").fill("leader")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save_with_errors(page):
    page.get_by_label("Amber", exact=True).check()
    page.get_by_label("Date of this update").fill("2099-01-01")
    page.get_by_role("button", name="Save this update").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save(page):
    page.get_by_label("Green", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The portal has a new home.")
    page.get_by_role("button", name="Save this update").click()
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()


def open_details(page):
    page.locator("summary").first.click()


DEEDS = {deed.__name__: deed for deed in (sign_in_wrongly, save_with_errors, save, open_details)}
