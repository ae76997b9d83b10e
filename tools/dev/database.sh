# shellcheck shell=bash
# PostgreSQL, running Odoo, and template databases; read by ./dev.

# ---------------------------------------------------------------- PostgreSQL

# As root the cluster belongs to an account without rights.
pg_account() { if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }
as_pg() {
    if [[ $EUID -ne 0 ]]; then "$@"
    else (cd / && setpriv --reuid "$(pg_account)" --regid "$(id -g "$(pg_account)")" --clear-groups env HOME="$CACHE/postgresql" "$@"); fi
}

use_postgresql() {
    if [[ -n ${PGHOST:-} ]]; then
        export PGUSER=${PGUSER:-$(id -un)}
        psql -d postgres -qAtc 'SELECT 1' >/dev/null || die "the PostgreSQL server of PGHOST=$PGHOST does not answer, or refuses the role $PGUSER: see above"
        [[ $PGUSER != postgres ]] || die "Odoo refuses the role postgres: give another one in PGUSER"
        # The files of a database that has the same name on another server are others.
        DATA_DIR=$CACHE/data-$(echo "$PGHOST:${PGPORT:-5432}" | short_hash)
        mkdir -p "$DATA_DIR"
        return
    fi
    # The path of a unix socket may not be longer than about 100 characters.
    local run=$CACHE/postgresql/run
    [[ ${#run} -lt 90 ]] || run=/tmp/rgpd-pg-$(echo "$CACHE" | short_hash)
    export PGHOST=$run PGPORT=5432 PGUSER=odoo
    unset PGPASSWORD PGDATABASE
    PATH=$(pg_bin):$PATH
    locked postgresql start_postgresql
}

# PG_HOME and PG_SAFE are set by use_own_postgresql alone.
start_postgresql() {
    local home=${PG_HOME:-$CACHE/postgresql} data
    data=$home/data
    mkdir -p "$home" "$PGHOST"
    chmod 700 "$PGHOST"
    [[ $EUID -ne 0 ]] || chown "$(pg_account)" "$home" "$PGHOST"
    if [[ ! -e $data/.complete ]]; then
        say "Creating a private PostgreSQL cluster"
        rm -rf "$data"
        as_pg initdb --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null ||
            die "initdb failed: see its message above"
        as_pg tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
unix_socket_permissions = 0700
CONF
        [[ -n ${PG_SAFE:-} ]] || as_pg tee -a "$data/postgresql.conf" >/dev/null <<CONF
max_connections = 300
shared_buffers = 512MB
# Databases here are copies that can be made again: speed counts more than a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
autovacuum_naptime = 5min
CONF
        as_pg touch "$data/.complete"
    fi
    as_pg pg_ctl --pgdata="$data" status >/dev/null && return
    # {fd} of the lock must not be inherited by the server, or nobody else could ever take it.
    (
        for fd in /proc/self/fd/*; do fd=${fd##*/}; [[ $fd -le 2 ]] || eval "exec $fd>&-" 2>/dev/null; done
        as_pg pg_ctl --pgdata="$data" --log="$home/log" --wait start >/dev/null
    ) || die "PostgreSQL did not start: see $home/log"
    psql -U postgres -d postgres -qAtc "SELECT 1 FROM pg_roles WHERE rolname = 'odoo'" | grep -q 1 ||
        psql -U postgres -d postgres -qc "CREATE ROLE odoo LOGIN CREATEDB" >/dev/null
}

# A server that only this process knows, with the settings a company has: to be killed. It
# gets a copy of a database, sets DATABASE, and goes with its files when this process ends.
use_own_postgresql() {
    local source=$1 home dump
    [[ -n $(pg_bin) ]] || die "this needs the server programs of PostgreSQL on this machine"
    PATH=$(pg_bin):$PATH
    home=$(mktemp -d -p /tmp rgpd-pg-XXXXXX)
    dump=$(mktemp -p "$CACHE")
    at_exit stop_own_postgresql "$home"
    at_exit rm -f "$dump"
    DATABASE=rgpd_test_$(date +%s)_$BASHPID
    pg_dump --no-owner "$source" >"$dump"
    unset PGPASSWORD PGDATABASE
    export PG_HOME=$home PG_SAFE=1 PGHOST=$home PGPORT=5432 PGUSER=odoo
    start_postgresql
    createdb "$DATABASE"
    psql -qAt --set ON_ERROR_STOP=1 -d "$DATABASE" -f "$dump" >/dev/null
    DATA_DIR=$home/odoo
    mkdir -p "$DATA_DIR/filestore"
    [[ ! -d $CACHE/data/filestore/$source ]] || cp -a "$CACHE/data/filestore/$source" "$DATA_DIR/filestore/$DATABASE"
}

stop_own_postgresql() {
    PG_HOME=$1
    as_pg "$(pg_bin)/pg_ctl" --pgdata="$1/data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$1"
}

db_exists() { [[ $(psql -d postgres -qAtc "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }
drop_db() {
    dropdb --if-exists --force "$1" 2>/dev/null || dropdb --if-exists "$1" 2>/dev/null || true
    rm -rf "$DATA_DIR/filestore/$1"
}

# Somebody may be connected to the source for an instant; copying must then wait.
copy_db() {
    local source=$1 target=$2 try
    for try in {1..40}; do
        if createdb --template="$source" "$target" 2>"$CACHE/copy-$target.err"; then
            rm -f "$CACHE/copy-$target.err"
            mkdir -p "$DATA_DIR/filestore"
            [[ ! -d $DATA_DIR/filestore/$source ]] || cp -a "$DATA_DIR/filestore/$source" "$DATA_DIR/filestore/$target"
            return
        fi
        grep -q 'being accessed' "$CACHE/copy-$target.err" || break
        sleep 0.5
    done
    cat "$CACHE/copy-$target.err" >&2; rm -f "$CACHE/copy-$target.err"
    die "could not copy database $source"
}

# Sets DATABASE, a copy that goes when this process ends.
use_copy() {
    # Two copies may be made within one second
    while db_exists "rgpd_test_$(date +%s)_$BASHPID"; do sleep 0.2; done
    DATABASE=rgpd_test_$(date +%s)_$BASHPID
    at_exit drop_db "$DATABASE"
    copy_db "$1" "$DATABASE"
}

rename_db() {
    rm -rf "$DATA_DIR/filestore/$2"
    [[ ! -d $DATA_DIR/filestore/$1 ]] || mv "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
    psql -d postgres -qc "ALTER DATABASE \"$1\" RENAME TO \"$2\"" >/dev/null
}

# ---------------------------------------------------------------- running Odoo

use_environment() {
    mkdir -p "$CACHE" || die "cannot write to $CACHE (another folder: RGPD_CACHE=…)"
    locked packages ensure_packages
    [[ -n ${ODOO_SRC:-} ]] || locked odoo unpack_odoo
    locked venv make_venv
    VENV=$(venv_folder)
    DATA_DIR=$CACHE/data
    mkdir -p "$DATA_DIR"
    export PYTHONPATH
    PYTHONPATH=$(odoo_path)
    # A configuration of its own: that of the user must not change the results.
    export ODOO_RC=$CACHE/odoo.conf PATH=$VENV/bin:$PATH
    [[ -e $ODOO_RC ]] || printf '[options]\nhttp_interface = 127.0.0.1\n' >"$ODOO_RC"
    # Keys of the add-on live in a file outside the database.
    export RGPD_KEY_DIR=$CACHE/keys RGPD_LEDGER_DIR=$CACHE/ledger
    mkdir -p -m 700 "$CACHE/keys"
    use_postgresql
}

odoo_options() {
    local options=("--addons-path=$(addons_path)" "--data-dir=$DATA_DIR" "--db_host=$PGHOST"
        "--db_port=${PGPORT:-5432}" "--db_user=$PGUSER")
    [[ -z ${PGPASSWORD:-} ]] || options+=("--db_password=$PGPASSWORD")
    printf '%s\n' "${options[@]}"
}

# The same for the few commands of Odoo that take a file only.
odoo_configuration() { echo "[options]"; odoo_options | sed 's/^--//; s/^addons-path/addons_path/; s/^data-dir/data_dir/'; }

# With EXEC=exec the shell gives its place to Odoo, which then gets the signals.
run_odoo() {
    local command=$1 options; shift
    mapfile -t options < <(odoo_options)
    ${EXEC:-} "$VENV/bin/python" -m odoo "$command" "${options[@]}" "$@"
}

addons() { (cd "$ROOT" && for manifest in */__manifest__.py; do echo "${manifest%/*}"; done); }

# Those to install by name. The others come by themselves (auto_install) where a big module
# of Odoo is, which they would bring along.
base_addons() { addons | grep -v '_website$'; }

# ---------------------------------------------------------------- template databases

# What an installation depends on: every file of the add-ons but those read live or never.
addons_hash() {
    (cd "$ROOT" && addons | while read -r addon; do
        find "$addon" -type f ! -path '*/static/src/*' ! -path '*/static/tests/*' ! -path '*/readme/*' \
            ! -path '*/__pycache__/*' ! -name '*.md' ! -name '*.pyc'
    done | LC_ALL=C sort | xargs -d '\n' sha256sum) | short_hash
}

install_log_is_clean() { ! grep -E ' (WARNING|ERROR|CRITICAL) ' "$1" >&2; }

# Odoo's own modules, in French too, for a company in France.
fill_base() {
    run_odoo db init "$1" --country FR
    run_odoo server -d "$1" --stop-after-init --no-http --load-language=fr_FR -i "$BASE_MODULES"
}

fill_base_inputs() { echo "$BASE_MODULES"; }
fill_demo_inputs() { echo "$DEMO_MODULES"; cat "$ROOT/tools/demo_company.py"; }

# The same with Odoo's demonstration data. Its company is American: it becomes French after
# each step, and before the sales so that these are in euros.
fill_demo() {
    local modules
    run_odoo db init "$1" --country FR --language fr_FR --with-demo
    for modules in l10n_fr_account "$DEMO_MODULES"; do
        run_odoo server -d "$1" --stop-after-init --no-http --with-demo -i "$modules"
        run_odoo shell -d "$1" --no-http <"$ROOT/tools/demo_company.py"
    done
}

# Every module of Odoo whose personal data the add-on knows; others come by themselves.
fill_complete() {
    run_odoo db init "$1" --country FR
    run_odoo server -d "$1" --stop-after-init --no-http --load-language=fr_FR -i "$(complete_modules)"
}

complete_modules() { paste -sd, "$ROOT/tools/dev/complete_modules.txt"; }
fill_complete_inputs() { complete_modules; }

build_base() {
    local fill=$1 name=$2 log=$CACHE/logs/$2.log new=$2_new
    db_exists "$name" && return
    say "Installing Odoo's own modules in a database to copy from, about two minutes"
    drop_db "$new"
    unchecked "$fill" "$new" >"$log" 2>&1
    [[ $STATUS -eq 0 ]] || { tail -40 "$log" >&2; die "Odoo's own modules could not be installed: see $log"; }
    rename_db "$new" "$name"
}

build_addon() {
    local name=$1 base=$2 log=$CACHE/logs/$1.log new=$1_new; shift 2
    db_exists "$name" && return
    say "Installing $(addons | paste -sd' ')"
    drop_db "$new"
    copy_db "$base" "$new"
    if ! run_odoo server -d "$new" --stop-after-init --no-http "$@" -i "$(base_addons | paste -sd,)" >"$log" 2>&1 ||
        ! psql -d "$new" -qAtc "SELECT 'yes' FROM ir_module_module WHERE name = 'rgpd_fichier_client' AND state = 'installed'" | grep -q yes; then
        tail -60 "$log" >&2
        drop_db "$new"
        die "the add-on could not be installed: see $log"
    fi
    rename_db "$new" "$name"
}

# Sets BASE, the database without the add-on. The date of a log tells when it was last used.
use_base() {
    local fill=$1
    mkdir -p "$CACHE/logs"
    BASE=rgpd_${fill}_$({ odoo_version; "${fill}_inputs"; declare -f "$fill"; } | short_hash)
    locked "$BASE" build_base "$fill" "$BASE"
    touch "$CACHE/logs/$BASE.log"
}

# Sets TEMPLATE, the same with the add-ons.
use_template() {
    local fill=$1; shift
    use_base "$fill"
    TEMPLATE=rgpd_addon_$({ echo "$BASE"; addons_hash; } | short_hash)
    locked "$TEMPLATE" build_addon "$TEMPLATE" "$BASE" "$@"
    export RGPD_INSTALL_LOG=$CACHE/logs/$TEMPLATE.log
    touch "$RGPD_INSTALL_LOG"
    install_log_is_clean "$RGPD_INSTALL_LOG" || say "↑ the installation of the add-on logged this"
}

# Templates not used for a day go, and copies left behind by a run that was killed. The
# server may hold other databases: only names made here are looked at.
collect_garbage() {
    local name
    for name in $(psql -d postgres -qAtc "SELECT datname FROM pg_database WHERE datname LIKE 'rgpd\_%'"); do
        if [[ $name =~ ^rgpd_(addon|fill_base|fill_demo|fill_complete)_[0-9a-f]{10}$ ]]; then
            [[ -n $(find "$CACHE/logs/$name.log" -mmin -1440 2>/dev/null) ]] || drop_db "$name"
        elif [[ $name =~ ^rgpd_test_[0-9]{10}_([0-9]+)(-gw[0-9]+)?$ ]]; then
            kill -0 "${BASH_REMATCH[1]}" 2>/dev/null || drop_db "$name"
        fi
    done
}
