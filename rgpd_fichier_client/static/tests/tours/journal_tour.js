import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("rgpd_journal_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: ".o_app[data-menu-xmlid='rgpd_fichier_client.rgpd_root_menu']",
            run: "click",
        },
        {
            content: "open Evidence",
            trigger: "[data-menu-xmlid='rgpd_fichier_client.rgpd_evidence_menu']",
            run: "click",
        },
        {
            content: "open Journal",
            trigger:
                ".dropdown-item[data-menu-xmlid='rgpd_fichier_client.rgpd_journal_menu']",
            run: "click",
        },
        {
            content: "the entry is there",
            trigger: ".o_list_view .o_data_cell:contains('test.tour')",
        },
        {
            content: "verify now",
            trigger: ".o_rgpd_journal_verify",
            run: "click",
        },
        {
            content: "the verdict is shown",
            trigger: ".modal .o_rgpd_sound:contains('The journal is intact')",
        },
        {
            content: "the number of entries is shown",
            trigger: ".modal .o_field_widget[name=entry_count]:contains(/[1-9]/)",
        },
        {
            content: "close",
            trigger: ".modal .modal-footer .btn-primary:contains('Close')",
            run: "click",
        },
        {
            content: "open the entry",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_data_cell:contains('test.tour')",
            run: "click",
        },
        {
            content: "its seal is shown",
            trigger: ".o_form_view .o_field_widget[name=hash]",
        },
    ],
});
