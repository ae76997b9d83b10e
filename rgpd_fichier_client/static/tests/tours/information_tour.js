import {registry} from "@web/core/registry";

/**
 * An officer opens the persons to inform, sees who was contacted already, sends the
 * notice of Art. 14 and sees that it waits to leave.
 */
registry.category("web_tour.tours").add("rgpd_information_tour", {
    steps: () => [
        {
            content: "the person whose data came from a fair",
            trigger: ".o_data_row:contains('Foire Exemple') td[name=source]",
            run: "click",
        },
        {
            content: "contacted already",
            trigger: ".o_form_view .o_field_widget[name=first_contact_on]",
        },
        {
            content: "send the notice",
            trigger: ".o_form_view button[name=action_send]",
            run: "click",
        },
        {
            content: "nobody is told before it has left",
            trigger: ".o_form_view .alert-info:contains('waits to leave')",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_send]))",
        },
    ],
});
