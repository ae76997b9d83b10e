import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

registry.category("web_tour.tours").add("rgpd_partner_retention_tour", {
    steps: () => [
        {
            content: "open the tab of the contact",
            trigger: ".o_form_view a[name=rgpd_retention]",
            run: "click",
        },
        {
            content: "the phase is said",
            trigger:
                ".o_rgpd_later_rows [data-name=rgpd_phase]:contains('Intermediate archive')",
        },
        {
            content: "and the legal basis",
            trigger:
                ".o_rgpd_later_rows [data-name=rgpd_legal_basis]:contains('Legal obligation')",
        },
        {
            content: "and why, with its text",
            trigger: ".o_field_widget[name=rgpd_explanation]:contains('L123-22')",
        },
        {
            content: "each reason is a line",
            trigger:
                ".o_field_widget[name=rgpd_reason_ids] .o_data_row:contains('Invoicing')",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_partner_list_tour", {
    steps: () => [
        {
            content: "open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "those whom nothing keeps any more",
            trigger: ".o_filter_menu .dropdown-item:contains('RGPD: no reason left')",
            run: "click",
        },
        {
            content: "by legal basis",
            trigger: ".o_group_by_menu .dropdown-item:contains('Legal basis')",
            run: "click",
        },
        {
            content: "the list is grouped",
            trigger: ".o_list_view .o_group_header",
            run: "click",
        },
        {
            content: "the prospect is in it",
            trigger: ".o_data_row:contains('Zoé Liénard')",
        },
        {
            content: "nobody else who is kept is",
            trigger: ".o_list_view:not(:contains('Hugo Perraud'))",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_order_retention_tour", {
    steps: () => [
        {
            content: "open the tab of the order",
            trigger: ".o_form_view a[name=rgpd_retention]",
            run: "click",
        },
        {
            content: "a quotation is a step before a contract",
            trigger:
                "[data-name=rgpd_legal_basis]:contains('Pre-contractual measures')",
        },
        {
            content: "confirm it",
            trigger: "button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "it is a contract now",
            trigger: "[data-name=rgpd_legal_basis]:contains(/^Contract$/)",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_simulation_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            content: "open Retention",
            trigger: menu("rgpd_retention_menu"),
            run: "click",
        },
        {
            trigger: `.dropdown-item${menu("rgpd_simulation_menu")}`,
            run: "click",
        },
        {
            content: "a new simulation",
            trigger:
                "body:has(.o_last_breadcrumb_item:contains('Simulations')) .o_list_button_add",
            run: "click",
        },
        {
            content: "compute it",
            trigger: ".o_form_view button[name=action_compute]:visible",
            run: "click",
        },
        {
            content: "it says how many would go",
            trigger: ".o_field_widget[name=erase_count]:contains(/[1-9]/)",
        },
        {
            content: "some of them are drawn, to be looked at",
            trigger:
                ".o_field_widget[name=sample_ids] .o_data_row button[name=action_open_record]",
        },
        {
            content: "how many leave this month, and why",
            trigger: "button[name=action_open_month]",
            run: "click",
        },
        {
            content: "per rule",
            trigger: ".o_pivot_view:contains('Postal prospecting')",
        },
        {
            content: "go back",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Simulation of')",
            run: "click",
        },
        {
            content: "look at them",
            trigger: "button[name=action_open_lines].btn-outline-danger",
            run: "click",
        },
        {
            content: "the prospect is among them",
            trigger:
                "body:has(.o_last_breadcrumb_item:contains('Persons of the simulation')) .o_data_row:contains('Zoé Liénard')",
        },
        {
            content: "go back",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Simulation of')",
            run: "click",
        },
        {
            content: "approving without having read the number is refused",
            trigger: "button[name=action_approve]:visible",
            run: "click",
        },
        {
            trigger: ".modal:contains('Type the number of persons') .btn-close",
            run: "click",
        },
        {
            content: "type the number",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=confirm_count] input",
            run({queryFirst}) {
                const shown = queryFirst(".o_field_widget[name=erase_count]");
                this.anchor.value = shown.textContent.trim();
                this.anchor.dispatchEvent(new Event("input", {bubbles: true}));
                this.anchor.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "approve",
            trigger: "button[name=action_approve]:visible",
            run: "click",
        },
        {
            content: "it is approved",
            trigger: ".alert-success:contains('Approved'):visible",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_erasure_tour", {
    steps: () => [
        {
            content: "the actions of the contact",
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "erase the person",
            trigger: ".o-dropdown--menu .dropdown-item:contains('Erase the person')",
            run: "click",
        },
        {
            content: "what the law keeps is said first",
            trigger: ".modal .o_field_widget[name=kept_text]:contains('Nothing')",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=motive] input",
            run: "edit Letter 12",
        },
        {
            content: "without the word nothing happens",
            trigger: ".modal button[name=action_erase]",
            run: "click",
        },
        {
            content: "the word is missing",
            trigger: ".modal:contains('to confirm the erasure') .btn-close",
            run: "click",
        },
        {
            content: "type the word",
            trigger: ".modal .o_field_widget[name=confirmation] input",
            run: "edit ERASE",
        },
        {
            content: "erase",
            trigger: ".modal button[name=action_erase]",
            run: "click",
        },
        {
            content: "who asks is asked for their password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit tour_dpo",
        },
        {
            trigger: ".modal button[name=run_check]",
            run: "click",
        },
        {
            content: "the certificate",
            trigger: ".o_form_view .o_field_widget[name=reference]:contains('EFF/')",
        },
        {
            content: "says that the sweep is to come",
            trigger: ".alert-info:contains('sweep'):visible",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_end_warning_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            content: "open Retention",
            trigger: menu("rgpd_retention_menu"),
            run: "click",
        },
        {
            trigger: `.dropdown-item${menu("rgpd_end_warning_menu")}`,
            run: "click",
        },
        {
            content: "who leaves soon, what becomes of them, and that they were asked",
            trigger:
                ".o_data_row:contains('Zoé Liénard'):contains('To erase'):contains('Person asked')",
        },
        {
            content: "look at the person",
            trigger: ".o_data_row:contains('Zoé Liénard') .o_data_cell",
            run: "click",
        },
        {
            content: "why they were kept until now",
            trigger: ".o_field_widget[name=explanation]:contains('kept until')",
        },
        {
            content: "the message as it was sent",
            trigger: ".o_field_widget[name=letter_id]:contains('End of the retention')",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_stay_tour", {
    steps: () => [
        {
            content: "the page asks, and says that nothing changed yet",
            trigger: "form:contains('Nothing changes until you press the button')",
        },
        {
            content: "yes",
            trigger: "button:contains('Yes, let us stay in touch')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is recorded",
            trigger: ".alert-success:contains('we stay in touch')",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_erasure_batch_tour", {
    steps: () => [
        {
            content: "choose everybody of the list",
            trigger: ".o_list_view .o_list_record_selector input",
            run: "click",
        },
        {
            content: "the actions of the list",
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "erase them",
            trigger: ".o-dropdown--menu .dropdown-item:contains('Erase these persons')",
            run: "click",
        },
        {
            content: "who goes whole",
            trigger: ".modal .o_data_row:contains('Zoé Liénard'):contains('Erased')",
        },
        {
            content: "who goes in part, and the text that keeps the rest",
            trigger: ".modal .o_data_row:contains('Hugo Perraud'):contains('L123-22')",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=motive] input",
            run: "edit Letters 12 and 13",
        },
        {
            content: "type their number",
            trigger: ".modal .o_field_widget[name=confirm_count] input",
            run: "edit 2",
        },
        {
            content: "erase",
            trigger: ".modal button[name=action_erase]",
            run: "click",
        },
        {
            content: "who asks is asked for their password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit tour_dpo",
        },
        {
            trigger: ".modal button[name=run_check]",
            run: "click",
        },
        {
            content: "two certificates",
            trigger: ".o_list_view:has(.o_data_row:contains('EFF/') ~ .o_data_row)",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_restored_backup_tour", {
    steps: () => [
        {
            content: "a restored backup waits for the decision",
            trigger: ".o_list_view .o_data_row:contains('To confirm') .o_data_cell",
            run: "click",
        },
        {
            content: "what happened is said",
            trigger: ".alert-warning:contains('a backup was restored'):visible",
        },
        {
            content: "and who is back",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains('Zoé Liénard')",
        },
        {
            content: "erase them again",
            trigger: "button[name=action_replay]",
            run: "click",
        },
        {
            content: "yes, for good",
            trigger: ".modal:contains('for good') .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "who asks is asked for their password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit tour_dpo",
        },
        {
            trigger: ".modal button[name=run_check]",
            run: "click",
        },
        {
            content: "the job does it",
            trigger:
                "body:not(:has(.modal)) .alert-info:contains('Confirmed. The job erases them'):visible",
        },
    ],
});
