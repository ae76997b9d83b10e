import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("rgpd_vault_tour", {
    steps: () => [
        {
            content: "the archive lists who is in it",
            trigger:
                ".o_list_view .o_data_row:contains('Hugo Perraud') td[name=reference]",
            run: "click",
        },
        {
            content: "it says what it holds, not the values",
            trigger:
                ".o_form_view .o_field_widget[name=category_names]:contains('Contact')",
        },
        {
            content: "open it",
            trigger: "button[name=action_open_wizard]",
            run: "click",
        },
        {
            content: "the motive is asked",
            trigger: ".modal .o_field_widget[name=motive] input",
            run: "edit File 2026-114",
        },
        {
            trigger: ".modal .o_field_widget[name=motive_kind] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Dispute or claim')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            content: "who asks is asked for their password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit tour_archive",
        },
        {
            trigger: ".modal button[name=run_check]",
            run: "click",
        },
        {
            content: "the content is shown for a time",
            trigger:
                ".o_form_view .o_field_widget[name=content]:contains('hugo.perraud@courriel.example')",
        },
        {
            trigger: ".alert-info:contains('Readable until'):visible",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_vault_seller_tour", {
    steps: () => [
        {
            content: "an old order opens, its customer is a label",
            trigger:
                ".o_form_view .o_field_widget[name=partner_id]:contains('Archived customer')",
        },
        {
            content: "its note and its thread say nothing",
            trigger:
                ".o_form_view:not(:contains('Sonner')):not(:contains('hugo.perraud'))",
        },
        {
            content: "the customer opens without error",
            trigger: ".o_field_widget[name=partner_id] a",
            run: "click",
        },
        {
            trigger: ".o_last_breadcrumb_item:contains('Archived customer')",
        },
        {
            content: "nothing of the address is shown",
            trigger: ".o_form_view:not(:contains('impasse'))",
        },
    ],
});
