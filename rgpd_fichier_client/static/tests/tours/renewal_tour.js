import {registry} from "@web/core/registry";

/**
 * An officer looks who would be asked again and who is left out, and why, then has the
 * messages sent.
 */
registry.category("web_tour.tours").add("rgpd_renewal_tour", {
    steps: () => [
        {
            content: "a new renewal",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "look who would be asked",
            trigger: "button[name=action_prepare]:contains('See who')",
            run: "click",
        },
        {
            content: "nothing has left",
            trigger: ".alert-info:contains('Nothing has left yet')",
        },
        {
            content: "the person who may be written to is there",
            trigger:
                ".o_field_widget[name=asked_line_ids] .o_data_row:contains('Camille')",
        },
        {
            content: "who is left out?",
            trigger: ".o_notebook a[name=excluded]",
            run: "click",
        },
        {
            content: "the reason is told",
            trigger:
                ".o_field_widget[name=excluded_line_ids] .o_data_row:contains('Dominique'):contains('No purpose allows')",
        },
        {
            content: "ask them",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "confirm",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "the messages are on their way",
            trigger:
                ".o_statusbar_status button[aria-checked=true]:contains('Sending')",
        },
    ],
});
