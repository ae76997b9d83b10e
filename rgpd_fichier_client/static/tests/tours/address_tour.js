import {registry} from "@web/core/registry";

/** What is not obligatory is said to be optional, and only that (Art. 13.2.e). */
registry.category("web_tour.tours").add("rgpd_address_tour", {
    steps: () => [
        {
            content: "A field nobody needs says so",
            trigger: "label[for=o_street2].label-optional:contains(optional)",
        },
        {
            content: "One that is needed has the asterisk of Odoo, and no such word",
            trigger:
                "label[for=o_email]:not(.label-optional):not(:contains(optional)), label[for=o_name]:not(.label-optional):not(:contains(optional))",
        },
        {
            content: "Nor one that is needed whatever the country, before it is chosen",
            trigger:
                "form:has(select[name=country_id] option[value='']:checked) label[for=o_city]:not(.label-optional):not(:contains(optional))",
        },
        {
            content: "A country without zip code",
            trigger: "select[name=country_id]",
            run: "selectByLabel Ireland",
        },
        {
            content: "Then the zip code is optional, whatever it was before",
            trigger: "label[for=o_zip].label-optional:contains(optional)",
        },
        {
            content: "France asks for it",
            trigger: "select[name=country_id]",
            run: "selectByLabel France",
        },
        {
            content: "And the word is gone",
            trigger: "label[for=o_zip]:not(.label-optional):not(:contains(optional))",
        },
    ],
});
