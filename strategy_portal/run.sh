#!/bin/sh
# Readies the database and serves: `run.sh serve` as production does, `run.sh reload` for those who change the code.
set -eu
cd "$(dirname "$0")/.."

export HOST="${HOST:-127.0.0.1}" PORT="${PORT:-8000}"
case "$HOST" in *:*) address="[$HOST]:$PORT" ;; *) address="$HOST:$PORT" ;; esac
case "$HOST" in 127.0.0.1 | localhost | ::1) loopback=yes ;; *) loopback=no ;; esac
case "${DATABASE_URL:-}" in "" | "sqlite:///$PWD/portal.sqlite3") at_home=$loopback ;; *) at_home=no ;; esac

# Loopback speaks plain http, over which secure cookies would never come back.
if [ $loopback = yes ]; then export PORTAL_HTTPS="${PORTAL_HTTPS:-false}"; fi
if [ "$1" = reload ]; then export DEBUG=true; else export DEBUG=false; fi

manage() { .venv/bin/python manage.py "$@"; }

# Whose accounts the database holds: none, the demonstration's or people's own.
accounts() {
    manage shell --no-imports --command "
from accounts.models import User
demonstration = User.objects.filter(is_demonstration=True).exists()
print('demonstration' if demonstration else 'own' if User.objects.exists() else 'none')"
}

# Collects the static files only when they, or the packages that bring some, have changed.
collect_static() {
    root="${STATIC_ROOT:-.static}"
    sum=$({ echo "$root"; cat requirements.txt; find static -type f | sort | xargs cksum; } | cksum)
    if [ ! -e "$root/staticfiles.json" ] || [ "$(cat .venv/static-sum 2>/dev/null)" != "$sum" ]; then
        manage collectstatic --no-input --verbosity 0
        echo "$sum" >.venv/static-sum
    fi
}

manage migrate --no-input --verbosity 0
found=$(accounts)
if [ $at_home = yes ]; then
    export DEMO_PASSWORD="${DEMO_PASSWORD:-pop-up-book}"
    if [ "$found" != own ]; then # run again it changes nothing but the password, where that is another
        manage load_demo
        found=$(accounts)
    fi
fi

echo
echo "  http://$address"
case $found-$at_home in
demonstration-yes)
    echo "  Sign in as leader, owner, deputy, sponsor, analyst, office, admin or nobody."
    echo "  The password is $DEMO_PASSWORD (DEMO_PASSWORD= changes it)."
    ;;
demonstration-no)
    echo "  The demonstration's people are in this database, and whoever knows their password can sign in."
    echo "  Take them away: .venv/bin/python manage.py remove_demo"
    ;;
none-*) echo "  Nobody can sign in yet. Make the first administrator: .venv/bin/python manage.py setup" ;;
esac
if [ $at_home = no ]; then echo "  A proxy with https belongs in front: docs/deploying.md."; fi
echo

if [ "$1" = reload ]; then exec .venv/bin/python manage.py runserver "$address"; fi
collect_static
exec .venv/bin/python -m gunicorn --config strategy_portal/gunicorn.py strategy_portal.wsgi
