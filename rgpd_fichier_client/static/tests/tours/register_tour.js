import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

registry.category("web_tour.tours").add("rgpd_register_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        {
            content: "open Register",
            trigger: menu("rgpd_register_menu"),
            run: "click",
        },
        {
            trigger: `.dropdown-item${menu("rgpd_processing_menu")}`,
            run: "click",
        },
        {
            content: "open the sheet of orders",
            trigger: ".o_kanban_record:contains('Orders and deliveries')",
            run: "click",
        },
        {
            content: "its purposes, with how long the data are kept",
            trigger:
                ".o_form_view .o_field_widget[name=purpose_ids] .o_data_cell:contains('5 years in intermediate archive')",
        },
        {
            content: "who receives the data",
            trigger: ".o_form_view .nav-link:contains('Who receives the data')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=recipient_ids] .o_tag",
        },
        {
            content: "nothing blocks any more: validate",
            trigger: ".o_form_view button[name=action_validate]",
            run: "click",
        },
        {
            content: "the version is kept",
            trigger: ".o_form_view button[name=action_open_versions]:contains('1')",
            run: "click",
        },
        {
            content: "the version says who and when",
            trigger: ".o_list_view .o_data_row:contains('First version')",
        },
    ],
});
