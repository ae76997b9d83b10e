import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

registry.category("web_tour.tours").add("rgpd_datamap_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            content: "open Configuration",
            trigger: menu("rgpd_config_menu"),
            run: "click",
        },
        {
            content: "open the data map",
            trigger: `.dropdown-item${menu("rgpd_data_field_menu")}`,
            run: "click",
        },
        {
            content: "open the filters",
            trigger:
                "body:has(.o_last_breadcrumb_item:contains('Data map')) .o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "all but identifiers away: first the shipped filters",
            trigger: ".o_filter_menu .dropdown-item:contains('Personal data')",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .dropdown-item:contains('To classify')",
            run: "click",
        },
        {
            content: "filter to the identifiers",
            trigger: ".o_filter_menu .dropdown-item:contains('Identifiers')",
            run: "click",
        },
        {
            content: "the filter is set",
            trigger: ".o_searchview_facet:contains('Identifiers')",
        },
        {
            content: "look for the phone of a contact",
            trigger: ".o_searchview_input",
            run: "edit res.partner",
        },
        {
            trigger: ".o_searchview_autocomplete .dropdown-item:first",
            run: "click",
        },
        {
            // Other models have a phone too, and are there until the list is filtered
            content: "open the field",
            trigger:
                ".o_data_row:has(.o_data_cell[name=model_label]:contains(/^Contact$/)) .o_data_cell[name=name]:contains(/^phone$/)",
            run: "click",
        },
        {
            content: "decide otherwise",
            trigger: ".o_form_view .o_field_widget[name=strategy_override] input",
            run: "click",
        },
        {
            trigger:
                ".o_select_menu_item:contains('Replace with a random unique value')",
            run: "click",
        },
        {
            content: "it is chosen before anything else is written",
            trigger:
                ".o_field_widget[name=strategy_override] input:value('Replace with a random unique value')",
        },
        {
            content: "say why",
            trigger: ".o_form_view .o_field_widget[name=note] textarea",
            run: "edit The call centre needs a number to exist",
        },
        ...stepUtils.saveForm(),
        {
            content: "what counts has changed",
            trigger:
                ".o_field_widget[name=effective_strategy]:contains('Replace with a random unique value')",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_subject_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            content: "open Persons",
            trigger: menu("rgpd_person_menu"),
            run: "click",
        },
        {
            trigger: `.dropdown-item${menu("rgpd_subject_menu")}`,
            run: "click",
        },
        {
            content: "look for somebody by name",
            trigger:
                "body:has(.o_last_breadcrumb_item:contains('Persons')) .o_searchview_input",
            run: "edit Sylvie Exemple",
        },
        {
            trigger: ".o_searchview_autocomplete .dropdown-item:first",
            run: "click",
        },
        {
            content: "open the person",
            trigger: ".o_data_row .o_data_cell:contains('Sylvie Exemple')",
            run: "click",
        },
        {
            content: "open the record",
            trigger: ".o_form_view button[name=action_open_record]",
            run: "click",
        },
        {
            content: "it is the contact",
            trigger: ".o_form_view .o_field_widget[name=email]",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_person_lookup_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            trigger: menu("rgpd_person_menu"),
            run: "click",
        },
        {
            content: "open the lookup",
            trigger: `.dropdown-item${menu("rgpd_person_lookup_menu")}`,
            run: "click",
        },
        {
            content: "somebody nobody knows",
            trigger: ".o_rgpd_person_lookup input[name=rgpd_lookup]",
            run: "edit nobody@post.example",
        },
        {
            trigger: ".o_rgpd_search",
            run: "click",
        },
        {
            // The first lookup of a server that just started
            trigger: ".o_rgpd_nobody",
            timeout: 30000,
        },
        {
            content: "look a person up by e-mail",
            trigger: ".o_rgpd_person_lookup input[name=rgpd_lookup]",
            run: "edit Sylvie@EXAMPLE.com",
        },
        {
            trigger: ".o_rgpd_search",
            run: "click",
        },
        {
            content: "the one who is sure is ticked",
            trigger:
                ".o_rgpd_candidate:contains('Sylvie Exemple'):contains('100'):has(input:checked)",
        },
        {
            trigger: ".o_rgpd_show:enabled",
            run: "click",
        },
        {
            content: "what is held, with the path",
            trigger:
                ".o_rgpd_group[data-model='sale.order']:contains('Customer') .card-body",
        },
        {
            content: "see how it hangs together",
            trigger: ".o_rgpd_picture_button",
            run: "click",
        },
        {
            trigger: ".o_rgpd_picture .o_rgpd_node text:contains('Sales Order')",
        },
        {
            trigger: ".btn-group .btn:contains('List')",
            run: "click",
        },
        {
            content: "open the orders",
            trigger: ".o_rgpd_group[data-model='sale.order'] a:contains('Open all')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_map_picture_tour", {
    url: "/odoo/rgpd-map-picture",
    steps: () => [
        {
            content: "choose a model",
            trigger: ".o_rgpd_picture .o_rgpd_node[data-model='sale.order']",
            run: "click",
        },
        {
            content: "what it holds and by whom it leads to a person",
            trigger:
                ".o_rgpd_details:contains('Leads to a person by'):contains('Contact')",
        },
        {
            content: "with the keyboard: another one",
            trigger: ".o_rgpd_picture .o_rgpd_node[data-model='res.partner']",
            run() {
                this.anchor.focus();
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", {key: "Enter", bubbles: true})
                );
            },
        },
        {
            trigger: ".o_rgpd_selected[data-model='res.partner'][aria-pressed='true']",
        },
        {
            content: "by category",
            trigger: ".o_rgpd_by_category",
            run: "click",
        },
        {
            trigger: ".o_rgpd_map_picture .card[data-category] .progress",
        },
        {
            trigger: ".o_rgpd_map_picture .btn:contains('How it hangs together')",
            run: "click",
        },
        {
            content: "open the fields of the model",
            trigger: ".o_rgpd_details .o_rgpd_open_fields",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=name]",
        },
    ],
});
