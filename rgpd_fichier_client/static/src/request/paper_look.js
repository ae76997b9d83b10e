import {registry} from "@web/core/registry";

/**
 * Show a sealed paper of a request in a tab of its own, by POST: it is not saved
 * among the downloads, and its address leads nobody to it.
 */
function lookAtPaper(env, action) {
    const form = document.createElement("form");
    form.method = "POST";
    form.action = `/rgpd/request/${action.params.what}/${action.params.id}`;
    form.target = "_blank";
    const token = document.createElement("input");
    token.type = "hidden";
    token.name = "csrf_token";
    token.value = odoo.csrf_token;
    form.append(token);
    document.body.append(form);
    form.submit();
    form.remove();
}

registry.category("actions").add("rgpd_paper_look", lookAtPaper);
