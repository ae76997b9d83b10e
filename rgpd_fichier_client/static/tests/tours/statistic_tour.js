import {registry} from "@web/core/registry";

/** An officer opens their requests from the workload, then looks at the figures. */
registry.category("web_tour.tours").add("rgpd_statistic_tour", {
    steps: () => [
        {
            content: "open my requests",
            trigger: ".o_kanban_record button[name=action_open]:contains(1)",
            run: "click",
        },
        {
            content: "the one that is not answered is there",
            trigger: ".o_list_view .o_data_row:contains(Erasure)",
        },
        {
            content: "go to the menu of requests",
            trigger:
                ".o_menu_sections button[data-menu-xmlid='rgpd_fichier_client.rgpd_request_menu']",
            run: "click",
        },
        {
            content: "open the statistics",
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='rgpd_fichier_client.rgpd_request_analysis_menu']",
            run: "click",
        },
        {
            content: "the median is a measure",
            trigger: ".o_pivot th:contains(Median days to answer)",
        },
        {
            content: "each right has its line",
            trigger: ".o_pivot tbody:contains(Access):contains(Erasure)",
        },
        {
            content: "see the months",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "the graph is drawn",
            trigger: ".o_graph_canvas_container canvas",
        },
    ],
});
