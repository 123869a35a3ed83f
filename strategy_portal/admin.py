"""What administrators see of the portal itself."""

from django.contrib import admin

from strategy_portal.models import PolicyReport


@admin.register(PolicyReport)
class PolicyReportAdmin(admin.ModelAdmin):
    list_display = ("day", "directive", "page", "times")
    list_filter = ("directive",)
    date_hierarchy = "day"
    list_display_links = None
