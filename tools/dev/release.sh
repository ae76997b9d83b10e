# shellcheck shell=bash
# The commands that come with a release: translations, benchmarks, wheels; read by ./dev.

# Export the terms of every add-on that the base has, merge them into its French file, count what
# is missing. Those of the website: with its module installed, `odoo i18n export`.
cmd_i18n() {
    local addon new folder
    use_environment
    use_template fill_base
    use_copy "$TEMPLATE"
    new=$(mktemp -d -p "$CACHE")
    at_exit rm -rf "$new"
    odoo_configuration >"$new/odoo.conf"
    for addon in $(base_addons); do
        python -m odoo i18n export -c "$new/odoo.conf" -d "$DATABASE" --output "$new/$addon.pot" "$addon" >"$new/log" 2>&1 ||
            { cat "$new/log" >&2; die "the terms of $addon could not be exported"; }
        [[ -s $new/$addon.pot ]] || continue
        folder=$ROOT/$addon/i18n
        mkdir -p "$folder"
        same_terms "$new/$addon.pot" "$folder/$addon.pot" || cp "$new/$addon.pot" "$folder/$addon.pot"
        merge_french "$folder/$addon.pot" "$folder/fr.po"
    done
    python "$ROOT/tools/dev/translated.py" "$ROOT"/*/i18n/fr.po
}

# The dates in the header are no reason to write a file again.
same_terms() {
    local dates='^"(POT-Creation-Date|PO-Revision-Date|X-Generator): '
    [[ -e $2 ]] && diff -q <(grep -vE "$dates" "$1") <(grep -vE "$dates" "$2") >/dev/null
}

# No fuzzy matching: Odoo does not use such guesses, and a reader may take one for true.
merge_french() {
    local pot=$1 po=$2
    [[ -e $po ]] || msginit --no-translator --locale=fr --input="$pot" --output-file="$po" 2>/dev/null
    msgmerge --quiet --update --backup=none --no-fuzzy-matching "$po" "$pot"
    msgattrib --no-obsolete --output-file="$po" "$po"
}

# Each benchmark prints what it measured beside what one would use without the add-on.
cmd_bench() {
    local script scripts=("$@")
    [[ $# -gt 0 ]] || mapfile -t scripts < <(ls "$ROOT"/benchmarks/*.py)
    for script in "${scripts[@]}"; do
        [[ -e $script ]] || script=$ROOT/benchmarks/${script%.py}.py
        [[ -e $script ]] || die "no such benchmark: ${script##*/}; there are: $(cd "$ROOT/benchmarks" && ls ./*.py)"
        (bench_one "$script")
    done
}

# In a database of its own: none sees the rows another one made.
bench_one() {
    use_environment
    use_template fill_base
    if grep -q '^TWO_DATABASES = True' "$1"; then
        use_copy "$BASE"
        export RGPD_BENCH_BASE=$DATABASE RGPD_BENCH_SCRIPT=$1
    fi
    # What Odoo does by itself comes first, in a copy without the add-ons; its figures go into a file
    if grep -q '^BESIDE_ODOO = True' "$1"; then
        RGPD_BENCH_BARE=$(mktemp -p "$CACHE")
        export RGPD_BENCH_BARE
        at_exit rm -f "$RGPD_BENCH_BARE"
        use_copy "$BASE"
        say "${1##*/}, Odoo alone"
        run_odoo shell -d "$DATABASE" --no-http --log-level=error <"$1"
    fi
    if grep -q '^OWN_SERVER = True' "$1"; then use_own_postgresql "$TEMPLATE"
    else use_copy "$TEMPLATE"; fi
    say "${1##*/}"
    run_odoo shell -d "$DATABASE" --no-http --log-level=error <"$1"
}

# Build the wheel, install it where nothing else of ours is, install the add-ons from it.
cmd_wheel() {
    local build wheel addons
    use_environment
    use_base fill_base
    mkdir -p "$CACHE/dist"
    build=$(mktemp -d -p "$CACHE")
    at_exit rm -rf "$build"
    # From a copy: setuptools leaves folders behind, and packs what earlier builds left.
    versioned | tar -C "$ROOT" -cf - -T - | tar -C "$build" -xf -
    say "Building the wheel"
    python -m build --wheel --outdir "$build/dist" "$build" >"$CACHE/logs/wheel.log" 2>&1 ||
        { tail -20 "$CACHE/logs/wheel.log" >&2; die "the wheel could not be built: see $CACHE/logs/wheel.log"; }
    wheel=$(ls "$build"/dist/*.whl)
    mapfile -t addons < <(addons)
    (cd "$ROOT" && versioned "${addons[@]}") | python "$ROOT/tools/dev/wheel_files.py" "$wheel" "$ROOT" ||
        die "the wheel and the repository do not hold the same files"
    install_wheel "$wheel" "$build/venv"
    try_wheel "$build/venv"
    mv "$wheel" "$CACHE/dist/"
    say "Built $CACHE/dist/${wheel##*/}"
}

# The files of the repository, those not committed yet included.
versioned() {
    git -C "$ROOT" ls-files -co --exclude-standard -- "$@" |
        while read -r file; do [[ ! -e $ROOT/$file ]] || echo "$file"; done
}

# pip resolves what the wheel declares; only then are Odoo's own packages made visible.
install_wheel() {
    local wheel=$1 folder=$2 packages
    say "Installing the wheel in a virtual environment of its own"
    "$(python_command)" -m venv "$folder"
    "$folder/bin/pip" install --disable-pip-version-check --constraint "$ROOT/requirements-dev.txt" "$wheel" \
        >"$CACHE/logs/wheel.log" 2>&1 ||
        { tail -20 "$CACHE/logs/wheel.log" >&2; die "the wheel could not be installed: see $CACHE/logs/wheel.log"; }
    packages=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$packages" >"$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo_packages.pth"
}

try_wheel() {
    local log=$CACHE/logs/wheel.log VENV=$1 ADDONS_FOLDER=''
    say "Installing the add-ons from the wheel"
    use_copy "$BASE"
    cd "$CACHE"
    run_odoo server -d "$DATABASE" --stop-after-init --no-http -i rgpd_fichier_client >"$log" 2>&1 &&
        install_log_is_clean "$log" && run_odoo shell -d "$DATABASE" --no-http --log-level=warn <"$ROOT/tools/dev/wheel_installed.py" ||
        die "the add-ons of the wheel could not be installed: see $log"
}

# What a company fears of an add-on: that an update changes its data, that it cannot be removed.
cmd_lifecycle() {
    local folder
    use_environment
    use_template fill_base
    use_copy "$TEMPLATE"
    folder=$(mktemp -d -p "$CACHE")
    at_exit rm -rf "$folder"
    update_addons "$folder/log"
    snapshot >"$folder/before"
    update_addons "$folder/log"
    snapshot >"$folder/after"
    diff -q "$folder/before" "$folder/after" >/dev/null ||
        { diff "$folder/before" "$folder/after" | cut -c1-400 | head -40 >&2; die "a second update changed the database"; }
    say "A second update changes nothing"
    run_odoo shell -d "$DATABASE" --no-http --log-level=error <"$ROOT/tools/dev/uninstall.py" ||
        die "the add-ons could not be removed"
    run_odoo server -d "$DATABASE" --stop-after-init --no-http -u base >"$folder/log" 2>&1 &&
        install_log_is_clean "$folder/log" || die "Odoo does not load without the add-ons: see above"
    say "The add-ons leave a working Odoo"
}

update_addons() {
    run_odoo server -d "$DATABASE" --stop-after-init --no-http -u "$(addons | paste -sd,)" >"$1" 2>&1 &&
        install_log_is_clean "$1" || { tail -20 "$1" >&2; die "the add-ons could not be updated"; }
}

# Every row the add-ons own or may have touched, but for the dates of writing.
snapshot() {
    local table
    for table in $(psql -d "$DATABASE" -qAtc "SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND (tablename LIKE 'rgpd\_%' OR tablename ~ '^(ir_(model.*|ui_.*|act_.*|rule.*|cron|actions_.*|sequence|default|config_parameter)|res_(groups.*|partner|users|company)|mail_template|sale_order)\$')
        ORDER BY 1"); do
        psql -d "$DATABASE" -qAtc "SELECT '$table', to_jsonb(t) - '{write_date,write_uid}'::text[] FROM \"$table\" t ORDER BY to_jsonb(t)::text"
    done
}
