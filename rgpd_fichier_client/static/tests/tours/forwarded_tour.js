import {registry} from "@web/core/registry";

/** An officer says who wrote a mail that a colleague forwarded, and puts a file away. */
registry.category("web_tour.tours").add("rgpd_forwarded_tour", {
    steps: () => [
        {
            content: "the sender of the forwarded mail is proposed; take it",
            trigger: ".alert:contains(Jeanne Exemple) button[name=action_take_sender]",
            run: "click",
        },
        {
            content: "nobody is asked any more who it is; put the mandate away",
            trigger:
                ".o_form_view:not(:has(button[name=action_take_sender])) button[name=action_file_attachments]",
            run: "click",
        },
        {
            content: "choose the file",
            trigger: ".modal .o_field_many2many_checkboxes label:contains(mandate.pdf)",
            run: "click",
        },
        {
            content: "it is a mandate",
            trigger: ".modal .o_field_radio[name=what] label:contains(Written mandate)",
            run: "click",
        },
        {
            content: "put it away",
            trigger: ".modal button[name=action_file]",
            run: "click",
        },
        {
            content: "the messages say so",
            trigger: ".o-mail-Message:contains(moved to the encrypted store)",
        },
    ],
});
