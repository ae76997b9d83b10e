# shellcheck shell=bash
# The commands of everyday work; read by ./dev.

cmd_setup() { use_environment; use_template fill_base; say "Ready: ./dev test, ./dev demo"; }

cmd_test() {
    local database='' arguments=() workers=(-n 2 --dist loadscope) options option only_core=1 paths=0
    while [[ $# -gt 0 ]]; do
        case $1 in
        --db) database=$2; shift ;;
        --db=*) database=${1#*=} ;;
        *) arguments+=("$1") ;;
        esac
        shift
    done
    for option in "${arguments[@]}"; do
        case $option in
        -n*|--numprocesses*) workers=(--dist loadscope) ;;
        *) [[ -e ${option%%::*} && $option == *tests/* ]] && { paths=1; [[ $option == *tests/core* ]] || only_core=0; } ;;
        esac
    done
    [[ $paths -eq 1 ]] || only_core=0
    cd "$ROOT"
    use_environment
    # The pure core needs neither Odoo nor a database, and tests/conftest.py keeps it so.
    if [[ $only_core -eq 1 && -z $database ]]; then
        unset ODOO_RC PYTHONPATH
        exec python -m pytest -p no:odoo "${arguments[@]}"
    fi
    # The accessibility of public pages is tested with axe; without it these tests are skipped.
    locked node make_node || say "npm is not at hand: accessibility is not tested"
    export RGPD_AXE
    RGPD_AXE=$(node_folder)/node_modules/axe-core/axe.min.js
    # A few files are sooner run in one process.
    [[ $paths -eq 0 || ${workers[0]} != -n || ${#workers[@]} -ne 4 ]] || workers=()
    if [[ -z $database ]]; then
        use_template fill_base
        locked garbage collect_garbage
        use_copy "$TEMPLATE"
        database=$DATABASE
    fi
    mapfile -t options < <(odoo_options)
    local extra=()
    for option in "${options[@]}"; do extra+=("--odoo-extra=${option#--}"); done
    local status=0
    python -m pytest --odoo-database="$database" --odoo-http "${extra[@]}" "${workers[@]}" "${arguments[@]}" || status=$?
    return $status
}

# The data map on a database with all the modules whose personal data it knows.
cmd_complete() {
    use_environment
    use_template fill_complete
    locked garbage collect_garbage
    use_copy "$TEMPLATE"
    cd "$ROOT"
    cmd_test --db "$DATABASE" tests/data/test_datamap_*.py "$@"
}

# The add-on of the website, on a database with the website and its forms: not in the others,
# where it would change what every page looks like.
cmd_website() { test_beside website_crm,website_project tests/glue/test_website_*.py "$@"; }

# Deliveries, on a database that has them: not in the others, where most orders would wait
# for one.
cmd_stock() {
    test_beside sale_stock tests/glue/test_stock_*.py \
        tests/models/test_document_addressee.py::TestAddressee::test_who_got_a_delivery_leaves_it "$@"
}

# Tests on a copy of the database to which a module of Odoo is added.
test_beside() {
    local module=$1 log=$CACHE/logs/$1.log
    shift
    use_environment
    use_template fill_base
    locked garbage collect_garbage
    use_copy "$TEMPLATE"
    say "Installing $module in a copy"
    run_odoo server -d "$DATABASE" --stop-after-init --no-http -i "$module" >"$log" 2>&1 ||
        { tail -60 "$log" >&2; die "$module could not be installed: see $log"; }
    cd "$ROOT"
    cmd_test --db "$DATABASE" "$@"
}

# Odoo's own tests of its modules, on a database without the add-ons and on one with them: the
# results must be the same. All of them run with everything installed, side by side. Results
# are kept for this state of the add-ons: a run that was cut goes on where it was.
# The mailings of Odoo's tests have no purpose, so the contact check refuses them: the second
# run of mass_mailing declares them as messages about an order, to compare all the rest.
cmd_compare() {
    local module modules=() folder
    while [[ $# -gt 0 ]]; do
        case $1 in
        --minutes) export RGPD_RECORD_MINUTES=$2; shift ;;
        --minutes=*) export RGPD_RECORD_MINUTES=${1#*=} ;;
        --again) local again=1 ;;
        *) modules+=("$1") ;;
        esac
        shift
    done
    [[ ${#modules[@]} -gt 0 ]] || modules=(portal sale crm mass_mailing mass_mailing:service mail account base)
    use_environment
    use_template fill_base
    same_modules "$BASE" "$TEMPLATE"
    locked garbage collect_garbage
    folder=$CACHE/compare/$TEMPLATE
    mkdir -p "$folder"
    for module in "${modules[@]}"; do
        [[ -z ${again:-} ]] || rm -f "$folder/$module".*
        say "$module"
        (odoo_tests "$BASE" "$module" "$folder/$module.without") &
        (odoo_tests "$TEMPLATE" "$module" "$folder/$module.with") &
        wait
        [[ -s $folder/$module.without.jsonl && -s $folder/$module.with.jsonl ]] || die "the tests of $module did not run: see $folder"
    done
    python "$ROOT/tools/dev/compare_tests.py" "$folder" "${modules[@]}"
}

# Nothing but the add-ons may differ, or the comparison would tell of something else.
same_modules() {
    local query="SELECT name, latest_version FROM ir_module_module WHERE state = 'installed' ORDER BY name" more
    more=$(diff <(psql -d "$1" -qAtc "$query") <(psql -d "$2" -qAtc "$query") | grep '^[<>]' | grep -v '^> rgpd_fichier_client' || true)
    [[ -z $more ]] || die "the two databases differ by more than the add-ons: $more"
}

# Which fail is told by the record, so a failure here is none; a run without a record is one.
odoo_tests() {
    local module=${2%%:*} options option extra=() paths
    paths=$(odoo_path)/odoo/addons/$module/tests
    [[ -d $paths ]] || die "no such module of Odoo: $module"
    # Of base, what an add-on about contacts can change
    if [[ $module == base ]]; then paths=$(ls "$paths"/test_res_{partner,users}*.py "$paths"/test_user*.py); fi
    use_copy "$1"
    [[ $2 != *:service ]] || psql -d "$DATABASE" -qc "INSERT INTO ir_default (field_id, json_value) SELECT id, '\"service\"' FROM ir_model_fields WHERE name = 'rgpd_kind'"
    mapfile -t options < <(odoo_options)
    for option in "${options[@]}"; do extra+=("--odoo-extra=${option#--}"); done
    cd "$CACHE"
    # Settings of its own: neither those of Odoo's source nor ours
    echo '[pytest]' >"$3.ini"
    # shellcheck disable=SC2086
    RGPD_RECORD=$3.jsonl PYTHONPATH=$ROOT/tools/dev:$PYTHONPATH python -m pytest -c "$3.ini" --rootdir=/ \
        -p no:cacheprovider -p record_tests -q --odoo-database="$DATABASE" --odoo-http "${extra[@]}" $paths >>"$3.log" 2>&1 || true
}

# Each tool runs even when one before it complained, so that one run shows everything.
cmd_lint() {
    local fix='' status=0
    [[ ${1:-} != --fix ]] || { fix=1; shift; }
    cd "$ROOT"
    mkdir -p "$CACHE" && locked packages ensure_packages && locked venv make_venv && locked node make_node
    PATH=$(venv_folder)/bin:$(node_folder)/node_modules/.bin:$PATH
    export NODE_PATH
    NODE_PATH=$(node_folder)/node_modules
    local names py xml js po
    listed() { git ls-files -co --exclude-standard -- "$@" | while read -r file; do [[ ! -e $file ]] || echo "$file"; done; }
    mapfile -t names < <(addons)
    mapfile -t py < <(listed '*.py')
    mapfile -t xml < <(listed '*.xml')
    mapfile -t js < <(listed '*/static/**/*.js' '*.cjs')
    mapfile -t po < <(listed '*.po' '*.pot')
    check() {
        local title=$1 output; shift
        output=$("$@" 2>&1) && { echo "ok      $title"; return; }
        printf '%s\nFAILED  %s\n' "$output" "$title"
        status=1
    }
    if [[ -n $fix ]]; then
        ruff check --quiet --fix --exit-zero .; ruff format --quiet .
        prettier --log-level=warn --write "${xml[@]}" "${js[@]}" || true
        [[ ${#js[@]} -eq 0 ]] || eslint --fix "${js[@]}" >/dev/null || true
        oca-checks-odoo-module --fix --no-exit "${names[@]}" >/dev/null || true
    fi
    check "ruff" ruff check --quiet --no-cache .
    check "ruff format" ruff format --quiet --no-cache --diff .
    check "prettier" prettier --check --log-level=warn "${xml[@]}" "${js[@]}"
    [[ ${#js[@]} -eq 0 ]] || check "eslint" eslint --max-warnings=0 "${js[@]}"
    check "oca-checks-odoo-module" oca-checks-odoo-module "${names[@]}"
    [[ ${#po[@]} -eq 0 ]] || check "oca-checks-po" oca-checks-po "${po[@]}"
    PYTHONPATH=$(odoo_path) check "pylint-odoo" pylint --rcfile=.pylintrc --jobs=2 "${names[@]}"
    check "pylint as Odoo itself" odoo_pylint "${names[@]}"
    return $status
}

# The checks of Odoo's own test_lint, with the plugins it brings.
odoo_pylint() {
    local odoo plugins
    odoo=$(odoo_path)
    plugins=$odoo/odoo/addons/test_lint/tests
    [[ -d $plugins ]] || { echo "this Odoo has no test_lint"; return; }
    PYTHONPATH=$plugins:$odoo ADDONS_PATH=$ROOT pylint --rcfile=/dev/null --reports=n \
        --disable=all,useless-option-value,unknown-option-value --bad-functions=input --deprecated-modules=csv,urllib,cgi,pdb,ipdb,pudb \
        --load-plugins=_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection,_odoo_checker_gettext,_odoo_checker_unlink_override \
        --enable=used-before-assignment,undefined-variable,eval-used,unreachable,function-redefined,sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,raise-unlink-override \
        "$@"
}

cmd_update() {
    local database=${1:-dev}
    use_environment
    if db_exists "$database"; then
        run_odoo server -d "$database" --stop-after-init --no-http -u "$(addons | paste -sd,)" -i "$(base_addons | paste -sd,)"
    else
        use_template fill_base
        copy_db "$TEMPLATE" "$database"
    fi
    say "Database $database is up to date; serve it: ./dev serve $database"
}

cmd_serve() {
    local database=${1:-dev}; shift || true
    use_environment
    EXEC=exec run_odoo server -d "$database" --db-filter="^$database\$" --max-cron-threads=0 "$@"
}

cmd_shell() {
    local database=${1:-dev}; shift || true
    use_environment
    db_exists "$database" || { use_template fill_base; copy_db "$TEMPLATE" "$database"; }
    EXEC=exec run_odoo shell -d "$database" --no-http "$@"
}

cmd_psql() { use_environment; exec psql "$@"; }

# Everything from nothing: the add-on does its work on Odoo's demonstration data.
cmd_demo() {
    local serve=1 port=8069 database=rgpd_demo
    while [[ $# -gt 0 ]]; do
        case $1 in
        --no-serve) serve='' ;;
        --port) port=$2; shift ;;
        --port=*) port=${1#*=} ;;
        --db) database=$2; shift ;;
        --db=*) database=${1#*=} ;;
        *) die "unknown option of demo: $1" ;;
        esac
        shift
    done
    use_environment
    use_template fill_demo --with-demo
    drop_db "$database"
    copy_db "$TEMPLATE" "$database"
    run_odoo shell -d "$database" --no-http --logfile="$CACHE/logs/demo.log" <"$ROOT/tools/demo_account.py" ||
        die "the demonstration stopped: see $CACHE/logs/demo.log"
    [[ -n $serve ]] || return 0
    cat <<LOGINS

Odoo is starting on http://127.0.0.1:$port (stop it with Ctrl+C). Logins, with their passwords:
  admin / admin      administrator and DPO
  demo / demo        a salesperson
  portal / portal    a customer, on http://127.0.0.1:$port/my
LOGINS
    EXEC=exec run_odoo server -d "$database" --db-filter="^$database\$" --http-port="$port" \
        --log-level=warn --logfile="$CACHE/logs/demo.log"
}
