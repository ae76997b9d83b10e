# shellcheck shell=bash
# The commands that come with a release: translations, benchmarks, wheels; read by ./dev.

# Export the terms of every add-on, merge them into its French file, count what is missing.
cmd_i18n() {
    local addon new folder
    use_environment
    use_template fill_base
    use_copy "$TEMPLATE"
    new=$(mktemp -d)
    odoo_configuration >"$new/odoo.conf"
    for addon in $(addons); do
        python -m odoo i18n export -c "$new/odoo.conf" -d "$DATABASE" --output "$new/$addon.pot" "$addon" >"$new/log" 2>&1 ||
            { cat "$new/log" >&2; die "the terms of $addon could not be exported"; }
        [[ -s $new/$addon.pot ]] || continue
        folder=$ROOT/$addon/i18n
        mkdir -p "$folder"
        same_terms "$new/$addon.pot" "$folder/$addon.pot" || cp "$new/$addon.pot" "$folder/$addon.pot"
        merge_french "$folder/$addon.pot" "$folder/fr.po"
    done
    rm -rf "$new"
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
