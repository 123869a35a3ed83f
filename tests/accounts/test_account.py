"""A person's own account."""


def page(client):
    response = client.get("/accounts/")
    assert response.status_code == 200
    return response.content.decode()


def test_ana_reads_who_the_portal_takes_her_to_be(ana, as_):
    ana.email, ana.job_title, ana.directorate = "ana@example.org", "Analyst", "Insight"
    ana.save()
    words = page(as_(ana))
    for fact in ("Ana Ash", "ana", "ana@example.org", "Analyst", "Insight"):
        assert f'<dd class="govuk-summary-list__value">{fact}</dd>' in words
    assert "Your account has no role yet" not in words


def test_somebody_with_two_roles_reads_both(oscar, as_):
    oscar.grants.create(role="leader")
    words = page(as_(oscar))
    assert "Leader, Strategy office" in words
    assert ">Roles</dt>" in words


def test_nadia_without_a_role_reads_whom_to_ask(nadia, as_):
    words = page(as_(nadia))
    assert "Your account has no role yet" in words
    assert "Ask the strategy office to give you a role" in words
    for shut in ('href="/"', 'href="/initiatives/"', 'href="/admin/"', 'href="/exports/"'):
        assert shut not in words


def test_nadia_is_told_why_the_dashboard_is_shut(nadia, as_):
    response = as_(nadia).get("/")
    assert response.status_code == 403
    assert "Your account has no role in the portal yet" in response.content.decode()


def test_lea_sees_no_way_to_the_administration(lea, as_):
    assert 'href="/admin/"' not in page(as_(lea))


def test_oscar_sees_the_way_to_the_administration(oscar, as_):
    assert 'href="/admin/"' in page(as_(oscar))


def test_a_name_that_is_a_script_is_shown_as_text(lea, as_):
    lea.name = "<script>alert(1)</script>\u202e"
    lea.save()
    words = page(as_(lea))
    assert "<script>alert" not in words
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in words
