import {registry} from "@web/core/registry";

/** From the request to the sent letter, one tour for each answer an officer gives. */
const tours = registry.category("web_tour.tours");

const begin = () => [
    {
        content: "begin",
        trigger: "button[name=action_start]",
        run: "click",
    },
    {
        content: "it is in progress",
        trigger: "button[name=action_answer]",
    },
];

const openDetails = () => [
    {
        content: "open the line",
        trigger: ".o_field_widget[name=item_ids] button[name=action_open_form]",
        run: "click",
    },
];

const choose = (field, text, scope = ".modal") => [
    {
        content: `open ${field}`,
        trigger: `${scope} .o_field_widget[name=${field}] input`,
        run: "click",
    },
    {
        content: `choose ${text}`,
        trigger: `.o_select_menu_item:contains('${text}')`,
        run: "click",
    },
    {
        content: `${text} is chosen`,
        trigger: `${scope} .o_field_widget[name=${field}] input:value('${text}')`,
    },
];

const write = (field, text) => [
    {
        content: `write ${field}`,
        trigger: `.modal .o_field_widget[name=${field}] textarea`,
        run: `edit ${text} && press Tab`,
    },
];

const save = () => [
    {
        content: "save the line",
        trigger: ".modal .o_form_button_save",
        run: "click",
    },
    {
        content: "the line is closed",
        trigger: "body:not(:has(.modal))",
    },
];

const doIt = () => [
    {
        content: "do it",
        trigger: ".o_field_widget[name=item_ids] button[name=action_do]",
        run: "click",
    },
    {
        content: "it is done",
        trigger: ".o_field_widget[name=item_ids]:not(:has(button[name=action_do]))",
    },
];

const send = (...words) => [
    {
        content: "write the letter",
        trigger: ".o_field_widget[name=item_ids] button[name=action_letter]",
        run: "click",
    },
    ...words.map((text) => ({
        content: `the letter says: ${text}`,
        trigger: `.modal .o_field_widget[name=preview_html]:contains(${text})`,
    })),
    {
        content: "the links are not for the officer",
        trigger: ".modal .o_field_widget[name=preview_html]:not(:has(a[href]))",
    },
    {
        content: "send",
        trigger: ".modal footer button[name=action_send]:not(:hidden)",
        run: "click",
    },
    {
        content: "the letter is with the request",
        trigger: "button[name=action_open_letters]:contains(1)",
    },
];

tours.add("rgpd_refusal_tour", {
    steps: () => [
        ...begin(),
        ...openDetails(),
        ...choose("decision", "Refused"),
        ...choose("ground", "Excessive, repeated"),
        ...write("note", "The same copy was sent twice this month."),
        ...save(),
        ...send("Art. 12", "CNIL", "The same copy was sent twice"),
        {
            content: "it is refused",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Refused)",
        },
    ],
});

tours.add("rgpd_restriction_tour", {
    steps: () => [
        ...begin(),
        {
            content: "why",
            trigger: ".o_notebook a.nav-link[name=restriction]",
            run: "click",
        },
        ...choose("restriction_ground", "Accuracy contested", ".o_form_view"),
        {
            content: "back to the rights",
            trigger: ".o_notebook a.nav-link[name=rights]",
            run: "click",
        },
        ...doIt(),
        {
            content: "whoever opens the request knows",
            trigger: ".alert:contains(restricted)",
        },
        ...send("18"),
        {
            content: "it is answered",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Answered)",
        },
    ],
});

tours.add("rgpd_objection_tour", {
    steps: () => [
        ...begin(),
        ...openDetails(),
        ...write("balancing", "Her situation outweighs our statistics."),
        ...save(),
        ...doIt(),
        ...send("21"),
        {
            content: "it is answered",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Answered)",
        },
    ],
});

tours.add("rgpd_automated_tour", {
    steps: () => [
        ...begin(),
        ...openDetails(),
        ...write(
            "review_result",
            "The head of credit heard her and grants the credit."
        ),
        ...save(),
        ...doIt(),
        ...send("The head of credit heard her"),
        {
            content: "it is answered",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Answered)",
        },
    ],
});

tours.add("rgpd_directives_tour", {
    steps: () => [
        ...begin(),
        {
            content: "look at the directives",
            trigger: ".o_field_widget[name=item_ids] button[name=action_do]",
            run: "click",
        },
        {
            content: "one more",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "what the person wants",
            trigger: ".o_field_widget[name=wish] .o_radio_item:contains(Erase) input",
            run: "click",
        },
        {
            content: "in their words",
            trigger: ".o_field_widget[name=text] textarea",
            run: "edit Erase everything after my death.",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it is registered",
            trigger:
                ".o_form_saved, .o_form_readonly, .o_form_view:not(:has(.o_form_dirty))",
        },
        {
            content: "back to the directives",
            trigger: ".o_breadcrumb .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "they are listed",
            trigger: ".o_list_view .o_data_row:contains(Erase my data)",
        },
        {
            content: "back to the request",
            trigger: ".o_breadcrumb .breadcrumb-item.o_back_button a",
            run: "click",
        },
        ...openDetails(),
        ...choose("decision", "Granted"),
        ...save(),
        ...send("85"),
        {
            content: "it is answered",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Answered)",
        },
    ],
});
