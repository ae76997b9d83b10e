import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (name) => `[data-menu-xmlid='rgpd_fichier_client.${name}']`;

const openRegisterMenu = (name) => [
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
        trigger: `.dropdown-item${menu(name)}`,
        run: "click",
    },
];

// === BALANCING TEST === //

const answer = (field, text) => ({
    content: `answer ${field}`,
    trigger: `.modal .o_field_widget[name=${field}] textarea`,
    run: `edit ${text}`,
});

const atStep = (label) => ({
    content: `at the step ${label}`,
    trigger: `.modal .o_statusbar_status .o_arrow_button_current:contains('${label}')`,
});

const press = (name) => ({
    trigger: `.modal button[name=${name}]`,
    run: "click",
});

registry.category("web_tour.tours").add("rgpd_register_balancing_tour", {
    steps: () => [
        {
            content: "open the balancing test of the purpose",
            trigger: ".o_form_view .nav-link[name=balancing]",
            run: "click",
        },
        {
            content: "nothing to print yet: write it",
            trigger: ".o_form_view button[name=action_balancing]",
            run: "click",
        },
        atStep("1. Interest"),
        answer("balancing_interest", "Our customers know the bicycles we sell"),
        press("action_next"),
        atStep("2. Necessity"),
        answer("balancing_necessity", "The address is enough"),
        press("action_next"),
        atStep("3. Balance"),
        {
            content: "look back at the answer before",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            content: "it is still there",
            trigger:
                ".modal .o_field_widget[name=balancing_necessity] textarea:value('The address is enough')",
        },
        press("action_next"),
        atStep("3. Balance"),
        answer("balancing_result", "Two letters a year and one click to object"),
        press("action_next"),
        atStep("Conclusion"),
        {
            content: "who wins",
            trigger:
                ".modal .o_field_widget[name=balancing_conclusion] .o_radio_item:contains('thanks to the safeguards') input",
            run: "click",
        },
        press("action_save"),
        {
            content: "the test is kept with the purpose",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=balancing_result] textarea:value('Two letters a year and one click to object')",
        },
        {
            content: "print it",
            trigger: ".o_form_view button[name=action_print_balancing]",
            run: "click",
        },
        {
            content: "the file came, the buttons are free again",
            trigger:
                "body:not(:has(.o_blockUI)):not(:has(.o_error_dialog)) .o_form_view button[name=action_print_balancing]:enabled",
        },
    ],
});

// === CLAUSES OF A CONTRACT === //

const clause = (text) => `.modal .o_data_row:contains('${text}')`;

registry.category("web_tour.tours").add("rgpd_register_checklist_tour", {
    steps: () => [
        {
            content: "no clause was read yet",
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains('Clauses missing')",
        },
        {
            content: "read the contract clause by clause",
            trigger: ".o_form_view button[name=action_check_clauses]",
            run: "click",
        },
        {
            content: "each clause says how to recognise it",
            trigger: `${clause("documented instructions only")}:contains('Look for')`,
        },
        {
            content: "this one is in the contract",
            trigger: `${clause("documented instructions only")} .o_data_cell[name=is_present] .o_boolean_toggle input`,
            run: "click",
        },
        {
            content: "say where",
            trigger: `${clause("documented instructions only")} .o_data_cell[name=place]`,
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row .o_field_widget[name=place] input",
            run: "edit Article 12",
        },
        press("action_save"),
        {
            content: "the reading is kept, with its proof",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=has_instructions] input:checked",
        },
        {
            trigger: ".o-mail-Message:contains('Article 12')",
        },
        {
            content: "the other clauses are still missing",
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains('Clauses missing')",
        },
    ],
});

// === MINIMISATION === //

const finding = (group) => `.o_list_view .o_group_header:contains('${group}')`;

registry.category("web_tour.tours").add("rgpd_register_minimisation_tour", {
    url: "/odoo",
    steps: () => [
        ...openRegisterMenu("rgpd_minimisation_menu"),
        {
            content: "the four questions are answered",
            trigger: finding("1. Data without purpose"),
        },
        {trigger: finding("2. Purpose without data")},
        {trigger: finding("3. Field never filled")},
        {trigger: finding("4. Optional field always filled")},
        {
            content: "open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .dropdown-item:contains('Purpose without data')",
            run: "click",
        },
        {
            content: "only these, with what to do about them",
            trigger:
                ".o_list_view:not(:has(.o_group_header:contains('Field never filled'))) .o_data_row:contains('Orders, deliveries'):contains('Take the category out')",
        },
        {
            content: "open the purpose",
            trigger:
                ".o_data_row:contains('Orders, deliveries') button[name=action_open]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name=data_category_ids] .o_tag:contains('Loyalty')",
        },
    ],
});

// === A FILE WITH ERRORS === //

const choose = (name, content, type) => ({
    content: `choose ${name}`,
    trigger: ".modal .o_field_widget[name=file] input.o_input_file:not(:visible)",
    run() {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], name, {type}));
        this.anchor.files = transfer.files;
        this.anchor.dispatchEvent(new Event("change", {bubbles: true}));
    },
});

const preview = (name) => [
    {
        trigger: `.modal .o_field_widget[name=file] input.o_input:value('${name}')`,
    },
    press("action_preview"),
];

const anotherFile = () => [
    press("action_back"),
    {
        content: "nothing is chosen to be written",
        trigger: ".modal button[name=action_preview]",
    },
];

const PICTURE = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]);

const asRegister = (...sheets) =>
    JSON.stringify({format: "rgpd-register/1", language: "en_US", sheets});

const WRONG = {reference: "TOUR-8", name: "Wrong sheet", role: "chief"};
const NAMELESS = {reference: "TOUR-9"};
const RIGHT = {
    reference: "TOUR-7",
    name: "Right sheet",
    purposes: [{name: "Deliver", legal_basis: "contract"}],
};

registry.category("web_tour.tours").add("rgpd_register_import_errors_tour", {
    url: "/odoo",
    steps: () => [
        ...openRegisterMenu("rgpd_register_import_menu"),
        choose("register.json", PICTURE, "application/json"),
        ...preview("register.json"),
        {
            content: "a picture is refused in plain words",
            trigger: ".modal:contains('This is a picture') .modal-footer button",
            run: "click",
        },
        {
            content: "still at the choice of the file",
            trigger:
                "body:not(:has(.modal:contains('This is a picture'))) .modal button[name=action_preview]",
        },
        choose("wrong.json", asRegister(NAMELESS), "application/json"),
        ...preview("wrong.json"),
        {
            content: "a file of which nothing can be kept opens on its errors",
            trigger:
                ".modal:not(:has(button[name=action_import])) .nav-link.active:contains('Errors and remarks')",
        },
        {
            content: "each one names its place",
            trigger:
                ".modal .o_field_widget[name=issue_ids] .o_data_row:contains('TOUR-9'):contains('Name')",
        },
        ...anotherFile(),
        choose("mixed.json", asRegister(RIGHT, WRONG, NAMELESS), "application/json"),
        ...preview("mixed.json"),
        {
            content: "what is right can be written",
            trigger:
                ".modal .o_field_widget[name=line_ids] .o_data_row:contains('TOUR-7'):contains('Create a sheet')",
        },
        {
            content: "what is wrong is told",
            trigger: ".modal .alert-danger:contains('Errors: 2')",
        },
        {
            trigger: ".modal .nav-link:contains('Errors and remarks')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=issue_ids] .o_data_row:contains('TOUR-8 Wrong sheet'):contains('Role'):contains('chief')",
        },
        {
            trigger:
                ".modal .o_field_widget[name=issue_ids] .o_data_row:contains('TOUR-9'):contains('Name')",
        },
        press("action_import"),
        {
            content: "the right sheet is a draft",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_data_row:contains('TOUR-7'):contains('Draft')",
        },
    ],
});
