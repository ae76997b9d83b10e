import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

const REGISTER = {
    format: "rgpd-register/1",
    language: "en_US",
    sheets: [
        {
            name: "Parcels of the tour",
            reference: "TOUR-1",
            objective: "Send parcels",
            purposes: [{name: "Shipping"}],
            recipients: [{name: "Carrier of the tour", kind: "processor"}],
        },
    ],
};

const openRegisterMenu = (name) => [
    {
        content: "open Register",
        trigger: menu("rgpd_register_menu"),
        run: "click",
    },
    {
        trigger: `.dropdown-item${menu(name)}`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("rgpd_register_exchange_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app${menu("rgpd_root_menu")}`,
            run: "click",
        },
        ...openRegisterMenu("rgpd_register_import_menu"),
        {
            content: "choose a file",
            trigger:
                ".modal .o_field_widget[name=file] input.o_input_file:not(:visible)",
            run() {
                const file = new File([JSON.stringify(REGISTER)], "register.json", {
                    type: "application/json",
                });
                const transfer = new DataTransfer();
                transfer.items.add(file);
                this.anchor.files = transfer.files;
                this.anchor.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "the file is there",
            trigger:
                ".modal .o_field_widget[name=file] input.o_input:value('register.json')",
        },
        {
            content: "see what it would do",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "the sheet would be created",
            trigger:
                ".modal .o_field_widget[name=line_ids] .o_data_row:contains('TOUR-1'):contains('Create a sheet')",
        },
        {
            content: "which entries of the lists",
            trigger: ".modal .nav-link:contains('Lists')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=value_ids] .o_data_row:contains('Carrier of the tour'):contains('Add to our list')",
        },
        {
            content: "the basis is not written in the file: choose it",
            trigger: ".modal .nav-link:contains('Legal bases')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=purpose_ids] .o_data_cell[name=legal_basis]",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=purpose_ids] .o_field_widget[name=legal_basis] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Performance of a contract')",
            run: "click",
        },
        {
            content: "import",
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            content: "the new sheet is a draft",
            trigger: ".o_list_view .o_data_row:contains('TOUR-1'):contains('Draft')",
        },
        {
            content: "select it",
            trigger:
                ".o_list_view .o_data_row:contains('TOUR-1') .o_list_record_selector",
            run: "click",
        },
        {
            trigger: ".o_control_panel_actions .dropdown-toggle:contains('Actions')",
            run: "click",
        },
        {
            trigger: ".o_menu_item:contains('Export the register')",
            run: "click",
        },
        {
            content: "the selected sheet is proposed",
            trigger:
                ".modal .o_field_widget[name=processing_ids] .o_tag:contains('TOUR-1')",
        },
        {
            content: "what each format holds",
            trigger: ".modal label:contains('Everything, to keep')",
            run: "click",
        },
        {
            trigger: ".modal a:contains('Description of the format')",
        },
        {
            content: "download it",
            trigger: ".modal button[name=action_export]",
            run: "click",
        },
        {
            content: "what was chosen is saved, the dialog stays, nothing broke",
            trigger:
                "body:not(:has(.o_error_dialog, .o_form_dirty)) .modal button[name=action_export]",
        },
    ],
});
