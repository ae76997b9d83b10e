import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

const openApplication = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "open the application",
        trigger: `.o_app${menu("rgpd_root_menu")}`,
        run: "click",
    },
];

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

const openSheet = (name) => [
    ...openApplication(),
    ...openRegisterMenu("rgpd_processing_menu"),
    {
        content: `open ${name}`,
        trigger: `.o_kanban_record:contains('${name}')`,
        run: "click",
    },
    {
        trigger: `body:has(.o_form_view) .o_last_breadcrumb_item:contains('${name}')`,
    },
];

const openTab = (name) => ({
    content: `open ${name}`,
    trigger: `.o_form_view .nav-link:contains('${name}')`,
    run: "click",
});

const chooseRecord = (field, text, scope = ".o_form_view") => [
    {
        content: `look for ${text}`,
        trigger: `${scope} .o_field_widget[name=${field}] input`,
        run: `edit ${text}`,
    },
    {
        trigger: `.o-autocomplete--dropdown-item > a:contains('${text}')`,
        run: "click",
    },
];

const chooseValue = (field, text, scope = ".o_form_view") => [
    {
        content: `choose ${text}`,
        trigger: `${scope} .o_field_widget[name=${field}] input`,
        run: "click",
    },
    {
        trigger: `.o_select_menu_item:contains('${text}')`,
        run: "click",
    },
    {
        trigger: `${scope} .o_field_widget[name=${field}] input:value('${text}')`,
    },
];

const validate = (count) => [
    {
        content: "validate",
        trigger: ".o_form_view button[name=action_validate]",
        run: "click",
    },
    {
        content: "the version is kept",
        trigger: `.o_form_view button[name=action_open_versions]:contains('${count}')`,
    },
];

const fillPurpose = () => [
    {
        content: "add a purpose",
        trigger: ".o_field_widget[name=purpose_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: ".modal .o_field_widget[name=name] textarea",
        run: "edit Repairs",
    },
    {
        trigger: ".modal .o_field_widget[name=code] input",
        run: "edit tour_repairs",
    },
    ...chooseValue("legal_basis", "Performance of a contract", ".modal"),
    ...chooseValue("start_event", "End of the contract", ".modal"),
    {
        trigger: ".modal .o_field_widget[name=active_delay] input",
        run: "edit 2",
    },
    ...chooseRecord("data_category_ids", "Contact details", ".modal"),
    {
        content: "the period reads as a sentence",
        trigger:
            ".modal .o_field_widget[name=retention_text]:contains('2 years from the end of the contract')",
    },
    {
        trigger: ".modal .o_form_button_save",
        run: "click",
    },
    {
        content: "the purpose is in the sheet",
        trigger:
            "body:not(:has(.modal)) .o_field_widget[name=purpose_ids] .o_data_row:contains('Repairs'):contains('2 years from the end of the contract')",
    },
];

/** Somebody fills in a sheet from nothing: no shipped sheet, no import, no copy. */
const fillSheet = () => [
    {
        content: "a new sheet",
        trigger: ".o_control_panel .o-kanban-button-new",
        run: "click",
    },
    {
        content: "give it a name",
        trigger: ".o_form_view .o_field_widget[name=name] textarea",
        run: "edit Repair workshop",
    },
    {
        content: "what it is for",
        trigger: ".o_form_view .o_field_widget[name=objective] textarea",
        run: "edit Repair the bicycles of our customers",
    },
    ...chooseRecord("responsible_id", "rgpd_officer"),
    {
        content: "when it will be looked at again",
        trigger: ".o_form_view .o_field_widget[name=date_review] input",
        run: "edit 12/31/2035",
    },
    ...fillPurpose(),
    openTab("Persons and data"),
    ...chooseRecord("person_category_ids", "Prospects"),
    ...chooseValue("data_origin", "From the person (Art. 13)"),
    openTab("Who receives the data"),
    ...chooseRecord("recipient_ids", "Customer service"),
    openTab("Security"),
    {
        content: "add a measure",
        trigger: ".o_field_widget[name=measure_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: ".modal .o_data_row:first .o_data_cell:first",
        run: "click",
    },
    {
        content: "back from the list of measures",
        trigger: "body:not(:has(.modal)) .o_field_widget[name=measure_ids] .o_data_row",
    },
    ...stepUtils.saveForm(),
];

registry.category("web_tour.tours").add("rgpd_register_build_tour", {
    url: "/odoo",
    steps: () => [
        ...openApplication(),
        ...openRegisterMenu("rgpd_processing_menu"),
        ...fillSheet(),
        {
            content: "nothing is missing; validating is not for the officer",
            trigger:
                ".o_form_view:not(:has(button[name=action_validate])) .alert-success:contains('Nothing is missing')",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Draft')",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_register_first_version_tour", {
    url: "/odoo",
    steps: () => [...openSheet("Repair workshop"), ...validate(1)],
});

registry.category("web_tour.tours").add("rgpd_register_change_tour", {
    url: "/odoo",
    steps: () => [
        ...openSheet("Repair workshop"),
        {
            content: "the sheet says how to change it",
            trigger: ".o_form_view .alert-success:contains('press Review first')",
        },
        {
            trigger: ".o_form_view button[name=action_review]",
            run: "click",
        },
        {
            content: "what was validated is to be looked at again",
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains('To review')",
        },
        {
            content: "it does more now",
            trigger: ".o_form_view .o_field_widget[name=objective] textarea",
            run: "edit Repair and hire out bicycles",
        },
        ...stepUtils.saveForm(),
    ],
});

registry.category("web_tour.tours").add("rgpd_register_second_version_tour", {
    url: "/odoo",
    steps: () => [
        ...openSheet("Repair workshop"),
        ...validate(2),
        {
            content: "print the sheet as it is",
            trigger: ".o_form_view button[name=action_print]",
            run: "click",
        },
        {
            content: "the file came, the buttons are free again",
            trigger:
                "body:not(:has(.o_blockUI)) .o_form_view button[name=action_print]:enabled",
        },
        ...openRegisterMenu("rgpd_register_past_menu"),
        {
            content: "and as it was before",
            trigger: ".modal .o_field_widget[name=day] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=day] input",
            run: "edit 03/15/2031",
        },
        ...chooseRecord("processing_id", "Repair workshop", ".modal"),
        {
            trigger: ".modal button[name=action_print]",
            run: "click",
        },
        {
            content: "the file came and the dialog is gone",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("rgpd_register_tour", {
    url: "/odoo",
    steps: () => [
        ...openApplication(),
        ...openRegisterMenu("rgpd_processing_menu"),
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
