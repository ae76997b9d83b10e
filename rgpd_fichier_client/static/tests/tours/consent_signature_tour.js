import {registry} from "@web/core/registry";

/**
 * A customer signs a quotation in the portal and ticks one of the optional boxes.
 */
registry.category("web_tour.tours").add("rgpd_signature_tour", {
    steps: () => [
        {
            content: "open the signature",
            trigger: ".o_portal_sale_sidebar a[data-bs-target='#modalaccept']",
            run: "click",
        },
        {
            content: "the boxes are there, none is ticked",
            trigger: ".modal.show .o_rgpd_signature_choices:not(:has(input:checked))",
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
            content: "the name is filled in",
            trigger: ".modal.show .o_web_sign_name_and_signature input",
            run: "edit Camille Exemple",
        },
        {
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "sign",
            trigger: ".modal.show .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the order is confirmed",
            trigger: "#quote_content:contains('Thank You')",
        },
    ],
});
