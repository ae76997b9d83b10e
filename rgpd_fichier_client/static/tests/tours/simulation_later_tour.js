import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {url} from "@web/core/utils/urls";

registry.category("web_tour.tours").add("rgpd_simulation_later_tour", {
    steps: () => [
        {
            content: "it is being computed, and says how far it is",
            trigger: ".o_form_view .alert:contains('in the background'):contains('33')",
            async run() {
                // As the job, behind the back of the page
                const id = parseInt(window.location.pathname.split("/").at(-1), 10);
                await rpc(url("/web/dataset/call_kw/rgpd.simulation/action_compute"), {
                    model: "rgpd.simulation",
                    method: "action_compute",
                    args: [[id]],
                    kwargs: {},
                });
            },
        },
        {
            content: "the result comes by itself",
            trigger: ".o_field_widget[name=erase_count]:contains(/[1-9]/)",
            timeout: 30000,
        },
        {
            content: "and may be approved",
            trigger:
                ".o_form_view:not(:has(.alert:contains('in the background'))) button[name=action_approve]",
        },
    ],
});
