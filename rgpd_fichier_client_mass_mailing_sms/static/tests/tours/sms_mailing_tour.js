import {registry} from "@web/core/registry";

/**
 * A mailing by SMS shows who gets it and who is left out and why, then it is sent.
 */
registry.category("web_tour.tours").add("rgpd_sms_mailing_tour", {
    steps: () => [
        {
            content: "it is marketing by SMS",
            trigger:
                ".o_field_widget[name=rgpd_kind] input[data-value=marketing]:checked",
        },
        {
            content: "choose the purpose",
            trigger: ".o_field_widget[name=rgpd_purpose_ids] input",
            run: "edit SMS",
        },
        {
            trigger:
                ".o_field_widget[name=rgpd_purpose_ids] .dropdown-item:contains('SMS'):first",
            run: "click",
        },
        {
            content: "two of three are left out",
            trigger: ".o_rgpd_recipient_report .o_rgpd_excluded:contains('2')",
        },
        {
            content: "one of them objected",
            trigger:
                ".o_rgpd_recipient_report tr[data-code=objected] td:first-child:contains('1')",
        },
        {
            content: "one gets it",
            trigger: ".o_rgpd_recipient_report .o_rgpd_allowed:contains('1')",
        },
        {
            content: "what is added at the end counts among the characters",
            trigger: ".o_sms_count:contains('way out included')",
        },
        {
            content: "send",
            trigger: "button[name=action_put_in_queue]",
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

/**
 * Once sent, the mailing tells for each person why they got it, or did not.
 */
registry.category("web_tour.tours").add("rgpd_sms_mailing_traces_tour", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains('The person consented')",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('The person objected')",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('has not consented')",
        },
    ],
});
