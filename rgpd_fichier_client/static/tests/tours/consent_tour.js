import {registry} from "@web/core/registry";

/**
 * An officer records on the contact that the person agrees to offers by e-mail; the
 * words shown are there, and the answer to "may we contact them?" changes.
 */
registry.category("web_tour.tours").add("rgpd_consent_tour", {
    steps: () => [
        {
            content: "open the consents of the contact",
            trigger: ".o_notebook a[name=rgpd_consent]",
            run: "click",
        },
        {
            content: "offers by e-mail are not allowed yet",
            trigger:
                ".o_rgpd_contact_panel tr[data-purpose=prospect_email_b2c][data-code=no_consent]",
        },
        {
            content: "record a choice",
            trigger: "button[name=action_rgpd_record_choice]",
            run: "click",
        },
        {
            content: "choose the purpose",
            trigger: ".modal .o_field_widget[name=purpose_id] input",
            run: "edit e-mail",
        },
        {
            trigger:
                ".modal .o_field_widget[name=purpose_id] .dropdown-item:contains('e-mail'):not(:contains('B2B')):first",
            run: "click",
        },
        {
            content: "the words the person read are shown",
            trigger:
                ".modal .o_field_widget[name=notice_text]:contains('I agree to receive')",
        },
        {
            content: "record",
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            content: "the wizard is closed",
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "offers by e-mail are allowed now, and why",
            trigger:
                ".o_rgpd_contact_panel tr[data-purpose=prospect_email_b2c][data-code=consent]",
        },
        {
            content: "the choice is in force and in the history",
            trigger: ".o_field_widget[name=rgpd_consent_event_ids] .o_data_row",
        },
    ],
});
