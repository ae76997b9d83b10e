# shellcheck shell=bash
# What the machine needs: Debian packages, Odoo, Python packages, node packages; read by ./dev.

# ---------------------------------------------------------------- system packages

# command → Debian package
declare -A PACKAGES=(
    [chromium]=chromium [wkhtmltopdf]=wkhtmltopdf [pdftotext]=poppler-utils
    [msgmerge]=gettext [npm]=npm [node]=nodejs [setpriv]=util-linux [git]=git
)

distribution() { (. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}") || echo unknown; }

missing_packages() {
    local command
    for command in "${!PACKAGES[@]}"; do
        have "$command" || echo "${PACKAGES[$command]}"
    done
    [[ -n $(pg_bin) ]] || echo postgresql
    python_is_complete || echo python3-venv
    if [[ ! -e /usr/share/keyrings/debian-archive-keyring.gpg && -z ${ODOO_SRC:-} ]]; then
        echo debian-archive-keyring
    fi
}

ensure_packages() {
    local missing
    mapfile -t missing < <(missing_packages | sort -u)
    [[ ${#missing[@]} -eq 0 ]] && return
    have apt-get || die "missing: ${missing[*]}. This script can install them on Debian 12 and Ubuntu 24.04 only."
    if [[ $EUID -ne 0 ]]; then
        die "missing Debian packages. Run this line, then try again:
    sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "Installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >&2 || die "apt-get update failed: check the network and the sources of apt."
    apt-get install -yq --no-install-recommends "${missing[@]}" >&2 ||
        die "apt-get could not install ${missing[*]} on $(distribution); supported: Debian 12, Ubuntu 24.04."
}

pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

# The interpreter of the virtual environment: Odoo 19 wants 3.10 or later.
python_command() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3 python3.13; do
        have "$candidate" || continue
        "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null &&
            { echo "$candidate"; return; }
    done
    return 1
}
python_is_complete() { python_command >/dev/null; }

# ---------------------------------------------------------------- Odoo

ODOO_PACKAGES=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-montserrat
    fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b)

# Odoo 19 is packaged in Debian sid. A private apt state reads sid without adding it to the
# machine, and the packages are unpacked into the cache, not installed.
unpack_odoo() {
    [[ -e $CACHE/odoo-19.0/.complete ]] && return
    say "Downloading Odoo 19"
    local apt=$CACHE/apt new=$CACHE/odoo-19.0.new package
    rm -rf "$new"
    mkdir -p "$apt"/{lists/partial,archives/partial,state} "$new"
    : >"$apt/status"
    cat >"$apt/sources.list" <<SOURCES
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $MIRROR sid main
SOURCES
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$apt/state";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "";
Acquire::Languages "none";
CONF
    APT_CONFIG=$apt/apt.conf apt-get update -q >&2 ||
        die "could not read Debian sid from $MIRROR; another mirror: RGPD_DEBIAN_MIRROR=…, or an Odoo checkout: ODOO_SRC=…"
    (cd "$apt/archives" && rm -f ./*.deb &&
        APT_CONFIG=$apt/apt.conf apt-get download -q "${ODOO_PACKAGES[@]}" >&2) ||
        die "could not download ${ODOO_PACKAGES[*]} from $MIRROR (or use an Odoo checkout: ODOO_SRC=…)"
    for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$new"; done
    complete_odoo "$new"
    touch "$new/.complete"
    rm -rf "$CACHE/odoo-19.0"
    mv "$new" "$CACHE/odoo-19.0"
}

# Debian leaves out files whose source it cannot build; the web client logs an error for
# each one missing, and an error in the console fails every browser test.
complete_odoo() {
    local root=$1 odoo=$1/usr/lib/python3/dist-packages/odoo tmp
    tmp=$(mktemp -d)
    (cd "$tmp" && npm pack --silent font-awesome@4.7.0 @mediapipe/selfie_segmentation@0.1.1675465747 >/dev/null) ||
        die "npm could not download font-awesome and @mediapipe/selfie_segmentation"
    tar -xzf "$tmp"/font-awesome-4.7.0.tgz -C "$tmp" package/fonts
    mkdir -p "$root/usr/share/fonts-font-awesome"
    cp -r "$tmp/package/fonts" "$root/usr/share/fonts-font-awesome/"
    mkdir -p "$odoo/addons/mail/static/lib/selfie_segmentation"
    tar -xzf "$tmp"/mediapipe-selfie_segmentation-*.tgz -C "$odoo/addons/mail/static/lib/selfie_segmentation" \
        --strip-components=1 package/selfie_segmentation.js
    mkdir -p "$root/usr/share/fonts/truetype/inconsolata"
    ln -sf ../../opentype/inconsolata/Inconsolata-Regular.otf "$root/usr/share/fonts/truetype/inconsolata/Inconsolata.otf"
    rm -rf "$tmp"
}

odoo_path() {
    if [[ -n ${ODOO_SRC:-} ]]; then (cd "$ODOO_SRC" && pwd)
    else echo "$CACHE/odoo-19.0/usr/lib/python3/dist-packages"; fi
}

odoo_version() {
    if [[ -n ${ODOO_SRC:-} ]]; then
        git -C "$ODOO_SRC" rev-parse HEAD 2>/dev/null || sha256sum "$ODOO_SRC/odoo/release.py"
    else ls "$CACHE/apt/archives"/odoo-19_*.deb; fi
}

addons_path() {
    local odoo path
    odoo=$(odoo_path)
    path=${ADDONS_FOLDER-$ROOT}
    # A checkout keeps most add-ons beside the odoo package, Debian inside it.
    [[ -z ${ODOO_SRC:-} || ! -d $odoo/addons ]] || path+=${path:+,}$odoo/addons
    echo "$path"
}

# ---------------------------------------------------------------- Python

venv_folder() { echo "$CACHE/venv-$({ "$(python_command)" --version; cat "$ROOT/requirements-dev.txt"; } | short_hash)"; }

make_venv() {
    local python
    python=$(python_command) || die "no Python 3.10 or later with the venv module was found"
    VENV=$(venv_folder)
    [[ -e $VENV/.complete ]] && return
    say "Installing Python packages"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
    mkdir -p "$CACHE/logs"
    "$VENV/bin/pip" install --disable-pip-version-check -r "$ROOT/requirements-dev.txt" >"$CACHE/logs/pip.log" 2>&1 ||
        { tail -20 "$CACHE/logs/pip.log" >&2; die "pip could not install requirements-dev.txt: see $CACHE/logs/pip.log"; }
    touch "$VENV/.complete"
}

# ---------------------------------------------------------------- node

node_folder() { echo "$CACHE/node-$(short_hash <"$ROOT/package.json")"; }

make_node() {
    local folder
    folder=$(node_folder)
    [[ -e $folder/.complete ]] && return
    say "Installing the tools that check XML and JavaScript"
    rm -rf "$folder"
    mkdir -p "$folder" "$CACHE/logs"
    cp "$ROOT/package.json" "$folder/"
    (cd "$folder" && npm install --no-audit --no-fund >"$CACHE/logs/npm.log" 2>&1) ||
        { tail -20 "$CACHE/logs/npm.log" >&2; die "npm could not install package.json: see $CACHE/logs/npm.log"; }
    touch "$folder/.complete"
}
