import {registry} from "@web/core/registry";

/**
 * Somebody calls: the officer records the request from nothing, looks at who it may
 * be, and says who it is.
 */
registry.category("web_tour.tours").add("rgpd_intake_tour", {
    steps: () => [
        {
            content: "record a request",
            trigger: ".o_control_panel button:contains(Record a request)",
            run: "click",
        },
        {
            content: "who calls",
            trigger: ".modal .o_field_widget[name=requester_name] input",
            run: "edit Camille Exemple",
        },
        {
            content: "from where",
            trigger: ".modal .o_field_widget[name=requester_email] input",
            run: "edit camille@client.example",
        },
        {
            content: "the copy is ticked",
            trigger:
                ".modal .o_field_widget[name=right_ids] .o_data_row:contains(Access) input:checked",
        },
        {
            content: "record it",
            trigger: ".modal button[name=action_receive]",
            run: "click",
        },
        {
            content: "a record may be the person",
            trigger: ".alert:contains(may be the person)",
        },
        {
            content: "look at it",
            trigger: ".o_notebook a.nav-link[name=persons]",
            run: "click",
        },
        {
            content: "what speaks for it is said",
            trigger:
                ".o_field_widget[name=candidate_ids] .o_data_row:contains(Same e-mail address)",
        },
        {
            content: "it is the person",
            trigger: ".o_field_widget[name=candidate_ids] button[name=action_same]",
            run: "click",
        },
        {
            content: "the request is about them",
            trigger: ".o_field_widget[name=partner_id] input:value(Camille Exemple)",
        },
    ],
});
