import {registry} from "@web/core/registry";

/**
 * A person without account opens the link of a mail, agrees to offers by e-mail, says
 * how often, reads what is recorded, then withdraws and can no longer agree again with
 * the same link.
 */
registry.category("web_tour.tours").add("rgpd_preference_tour", {
    steps: () => [
        {
            content: "nothing is ticked beforehand",
            trigger:
                "fieldset[data-key='prospect_email_b2c.email']:not(:has(input:checked))",
        },
        {
            content: "agree to offers by e-mail",
            trigger: "label[for='yes_prospect_email_b2c.email']",
            run: "click",
        },
        {
            content: "at most once a month",
            trigger: "#o_rgpd_frequency",
            run: "select month",
        },
        {
            content: "record",
            trigger: ".o_rgpd_choices button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is recorded",
            trigger: ".alert-success[role=status]",
        },
        {
            content: "the choice and its words are shown",
            trigger:
                "fieldset[data-key='prospect_email_b2c.email']:contains('You agreed on'):has(blockquote)",
        },
        {
            content: "withdraw, as easily as agreeing",
            trigger: "label[for='no_prospect_email_b2c.email']",
            run: "click",
        },
        {
            trigger: ".o_rgpd_choices button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "this link cannot agree again",
            trigger:
                "fieldset[data-key='prospect_email_b2c.email']:has(input[value=yes]:disabled)",
        },
        {
            content: "the frequency is kept, the history tells it all",
            trigger: ".o_rgpd_history li:contains('Withdrawn')",
        },
        {
            content: "stop everything",
            trigger: ".o_rgpd_object_all button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is done",
            trigger: "h1:contains('It is done')",
        },
    ],
});
