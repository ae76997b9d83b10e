import {registry} from "@web/core/registry";

/**
 * An officer answers an access request from the contact: the wizard shows what is
 * held, the bundle is downloaded, the request shows that it was.
 */
registry.category("web_tour.tours").add("rgpd_access_tour", {
    steps: () => [
        {
            content: "open the wizard from the contact",
            trigger: "button[name=action_rgpd_access]",
            run: "click",
        },
        {
            content: "what is held is counted",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row",
        },
        {
            content: "produce",
            trigger: ".modal button[name=action_produce]",
            run: "click",
        },
        {
            content: "the copy has gone",
            trigger: ".o_notification:contains(downloaded)",
        },
        {
            content: "the request is in progress",
            trigger: ".o_statusbar_status:contains('In progress')",
        },
        {
            content: "one copy was handed over: look at it",
            trigger: "button[name=action_open_deliveries]:contains(1)",
            run: "click",
        },
        {
            content: "one line says who fetched it",
            trigger: ".o_list_view .o_data_row",
        },
    ],
});
