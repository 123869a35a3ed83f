"""Every address of the portal. /healthz and /readyz are answered by `strategy_portal.middleware`."""

from django.contrib import admin
from django.urls import include, path

from accounts import urls as accounts
from initiatives import urls as initiatives
from reports import urls as reports

admin.site.site_header = admin.site.site_title = "Strategy office"
admin.site.index_title = "Set up the strategy"

urlpatterns = [
    path("", include(reports)),
    path("", include(([*reports.of_initiatives, *initiatives.urlpatterns], initiatives.app_name))),
    path("accounts/", include(([*reports.of_accounts, *accounts.urlpatterns], accounts.app_name))),
    path("admin/", admin.site.urls),
]

handler400 = "strategy_portal.errors.bad_request"
handler403 = "strategy_portal.errors.permission_denied"
handler404 = "strategy_portal.errors.page_not_found"
