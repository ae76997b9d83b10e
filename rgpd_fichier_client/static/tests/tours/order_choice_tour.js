import {registry} from "@web/core/registry";

/**
 * A salesperson takes an order by phone, reads the texts to the customer and records
 * that they object to offers.
 */
registry.category("web_tour.tours").add("rgpd_order_choice_tour", {
    steps: () => [
        {
            content: "what the customer decided about offers",
            trigger: ".o_notebook a[name=rgpd_choices]",
            run: "click",
        },
        {
            trigger: "button[name=action_rgpd_choices]",
            run: "click",
        },
        {
            content: "the short notice is there, no box is ticked",
            trigger: ".modal .o_field_widget[name=notice_text]:contains(CNIL)",
        },
        {
            trigger:
                ".modal .o_field_widget[name=line_ids]:not(:has(.o_data_row input:checked))",
        },
        {
            content: "the customer objects",
            trigger:
                ".modal .o_data_row:contains('I do not wish') .o_field_widget[name=is_ticked] input, .modal .o_data_row:contains('I do not wish') td[name=is_ticked]",
            run: "click",
        },
        {
            trigger:
                ".modal .o_data_row:contains('I do not wish') td[name=is_ticked] input:not(:disabled)",
            run: "check",
        },
        {
            trigger: ".modal .o_field_widget[name=is_read] input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "the order says so",
            trigger: "[data-name=rgpd_choice_summary]:contains(Objection)",
        },
        {
            trigger: ".o_field_widget[name=rgpd_objection_offered] input:checked",
        },
    ],
});
