import {registry} from "@web/core/registry";

/**
 * A mailing shows who gets it and who is left out before it is sent, and opens the
 * list of those a reason concerns; without a purpose it does not leave.
 */
registry.category("web_tour.tours").add("rgpd_mailing_tour", {
    steps: () => [
        {
            content: "it is marketing, and nothing is counted without a purpose",
            trigger:
                ".o_field_widget[name=rgpd_kind] input[data-value=marketing]:checked",
        },
        {
            content: "choose the purpose",
            trigger: ".o_field_widget[name=rgpd_purpose_ids] input",
            run: "edit similar",
        },
        {
            trigger:
                ".o_field_widget[name=rgpd_purpose_ids] .dropdown-item:contains('similar'):first",
            run: "click",
        },
        {
            content: "nobody is a customer: all are left out",
            trigger:
                ".o_rgpd_recipient_report tr[data-code=softoptin_no_sale] td:first-child:contains('2')",
        },
        {
            content: "add the purpose that rests on consent",
            trigger: ".o_field_widget[name=rgpd_purpose_ids] input",
            run: "edit e-mail",
        },
        {
            trigger:
                ".o_field_widget[name=rgpd_purpose_ids] .dropdown-item:contains('e-mail'):not(:contains('B2B')):first",
            run: "click",
        },
        {
            content: "who consented gets it",
            trigger: ".o_rgpd_recipient_report .o_rgpd_allowed:contains('1')",
        },
        {
            content: "the other is left out",
            trigger: ".o_rgpd_recipient_report .o_rgpd_excluded:contains('1')",
        },
        {
            content: "see who",
            trigger: ".o_rgpd_recipient_report tr[data-code] button",
            run: "click",
        },
        {
            content: "the list holds the one who is left out",
            trigger: ".o_list_view .o_data_row:contains('Luc Essai')",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Camille Exemple')))",
        },
    ],
});

/**
 * The count of who is left out is seen, then the mailing is sent.
 */
registry.category("web_tour.tours").add("rgpd_mailing_send_tour", {
    steps: () => [
        {
            content: "two get it",
            trigger: ".o_rgpd_recipient_report .o_rgpd_allowed:contains('2')",
        },
        {
            content: "three are left out",
            trigger: ".o_rgpd_recipient_report .o_rgpd_excluded:contains('3')",
        },
        {
            content: "one of them objected",
            trigger:
                ".o_rgpd_recipient_report tr[data-code=objected] td:first-child:contains('1')",
        },
        {
            content: "send",
            trigger: "button[name=action_launch]",
            run: "click",
        },
        {
            trigger: ".modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "it waits for the scheduled action",
            trigger: ".o_statusbar_status button[aria-checked=true]:contains('Queue')",
        },
    ],
});
