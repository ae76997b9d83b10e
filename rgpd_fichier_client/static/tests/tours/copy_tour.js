import {registry} from "@web/core/registry";

/**
 * An officer checks the copy: one passage is doubtful, it stays masked; then the answer
 * leaves with the link to the copy.
 */
registry.category("web_tour.tours").add("rgpd_copy_answer_tour", {
    steps: () => [
        {
            content: "begin",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "it is in progress",
            trigger: "button[name=action_answer]",
        },
        {
            content: "read the copy",
            trigger: "button[name=action_prepare_copy]",
            run: "click",
        },
        {
            content: "one passage waits",
            trigger: ".alert:contains(Passages that wait for you: 1)",
        },
        {
            content: "decide",
            trigger: ".o_form_statusbar button[name=action_check]",
            run: "click",
        },
        {
            content: "open the group",
            trigger: ".o_list_view .o_group_header",
            run: "click",
        },
        {
            content: "the passage is there as it is stored and as it leaves",
            trigger:
                ".o_data_row:contains(Marc Exemple came):contains([another person] came)",
        },
        {
            content: "keep it masked",
            trigger: ".o_data_row button[name=action_mask]",
            run: "click",
        },
        {
            content: "nothing waits any more",
            trigger: ".o_view_nocontent:contains(Nothing waits for a decision)",
        },
        {
            content: "back to the copy",
            trigger: ".o_breadcrumb .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "it may leave",
            trigger: ".alert-success:contains(Everything is decided)",
        },
        {
            content: "back to the request",
            trigger: ".o_breadcrumb .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "write the answer",
            trigger: ".o_field_widget[name=item_ids] button[name=action_letter]",
            run: "click",
        },
        {
            content: "the preview tells how the copy comes",
            trigger: ".modal .o_field_widget[name=preview_html]:contains(with a code)",
        },
        {
            content: "send",
            trigger: ".modal footer button[name=action_send]:not(:hidden)",
            run: "click",
        },
        {
            content: "the password is shown once",
            trigger: ".o_notification:contains(Password of the archive)",
        },
    ],
});

/** The person asks for a code, and first types a wrong one. */
registry.category("web_tour.tours").add("rgpd_copy_code_tour", {
    steps: () => [
        {
            content: "ask for a code",
            trigger: "button[name=rgpd_send_code]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is on its way",
            trigger: ".alert-success:contains(A code is on its way)",
        },
        {
            content: "type something else",
            trigger: "input[name=code]",
            run: "edit 00000000",
        },
        {
            content: "try",
            trigger: "button[name=rgpd_fetch]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is not right",
            trigger: ".alert-danger:contains(That is not right)",
        },
    ],
});

/** The person types the code of the mail, given behind the hash, and downloads. */
registry.category("web_tour.tours").add("rgpd_copy_download_tour", {
    steps: () => [
        {
            content: "type the code",
            trigger: "input[name=code]",
            run({anchor}) {
                anchor.value = window.location.hash.replace("#code=", "");
            },
        },
        {
            content: "let the download leave the page where it is",
            trigger: "button[name=rgpd_fetch]",
            run({anchor}) {
                const frame = document.createElement("iframe");
                frame.name = "rgpd_download";
                document.body.append(frame);
                anchor.form.target = frame.name;
            },
        },
        {
            content: "download",
            trigger: "button[name=rgpd_fetch]",
            run: "click",
        },
        {
            content: "wait for the file",
            trigger: "body",
            async run() {
                await new Promise((resolve) => setTimeout(resolve, 4000));
            },
        },
    ],
});
