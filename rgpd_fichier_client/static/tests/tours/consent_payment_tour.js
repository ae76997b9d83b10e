import {registry} from "@web/core/registry";

/**
 * A customer pays a quotation that needs no signature: the notice is there, the boxes
 * are not ticked, one is ticked, and paying goes on.
 */
registry.category("web_tour.tours").add("rgpd_payment_tour", {
    steps: () => [
        {
            content: "open the payment",
            trigger: "#o_sale_portal_paynow",
            run: "click",
        },
        {
            content: "the boxes are there, none is ticked",
            trigger: ".modal.show .o_rgpd_signature_choices:not(:has(input:checked))",
        },
        {
            content: "the notice can be read",
            trigger: ".modal.show .o_rgpd_order_choices summary",
            run: "click",
        },
        {
            trigger: ".modal.show .o_rgpd_order_choices details[open] p:contains(CNIL)",
        },
        {
            content: "tick the offers by e-mail",
            trigger: ".modal.show .o_rgpd_signature_choices label:contains(offers)",
            run: "click",
        },
        {
            trigger: ".modal.show .o_rgpd_signature_choices input:checked",
        },
        {
            content: "pay",
            trigger: ".modal.show button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the bank sends the customer back",
            trigger: "#quote_content",
        },
    ],
});
