"""Every address of the portal. /healthz and /readyz are answered by `strategy_portal.middleware`."""

from django.contrib import admin
from django.urls import include, path

from accounts import urls as accounts
from accounts.views.signing_in import to_sign_in
from initiatives import urls as initiatives
from reports import urls as reports
from strategy_portal.policy import policy_report
from strategy_portal.views import security_txt

admin.site.site_header = admin.site.site_title = "Strategy office"
admin.site.index_title = "Set up the strategy"
admin.site.login = to_sign_in  # type: ignore[method-assign]  # one way in, with its limits and its second factor

urlpatterns = [
    path("", include(reports)),
    path("", include(([*reports.of_initiatives, *initiatives.urlpatterns], initiatives.app_name))),
    path("accounts/", include(([*reports.of_accounts, *accounts.urlpatterns], accounts.app_name))),
    path("policy-reports/", policy_report, name="policy_report"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("admin/", admin.site.urls),
]

handler400 = "strategy_portal.errors.bad_request"
handler403 = "strategy_portal.errors.permission_denied"
handler404 = "strategy_portal.errors.page_not_found"
handler500 = "strategy_portal.errors.failed"
