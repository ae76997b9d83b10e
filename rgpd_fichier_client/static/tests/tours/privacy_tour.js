import {registry} from "@web/core/registry";

/**
 * A customer looks at what is held, asks for two rights at once, then gives it up.
 */
registry.category("web_tour.tours").add("rgpd_privacy_tour", {
    steps: () => [
        {
            content: "open the privacy pages from the account",
            trigger: ".o_portal_docs a[href='/my/privacy']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "see what is held",
            trigger: "#rgpd_privacy_cards a[href='/my/privacy/data']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "my name is there; ask for a full copy",
            trigger: "a[href='/my/privacy/requests/new?right=access']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the copy is ticked already",
            trigger: "input[name=right][value=access]:checked",
        },
        {
            content: "ask for the erasure too",
            trigger: "input[name=right][value=erasure]",
            run: "check",
        },
        {
            content: "say more",
            trigger: "textarea[name=text]",
            run: "edit Thank you",
        },
        {
            content: "send",
            trigger: "button[name=rgpd_send]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is registered",
            trigger: ".alert-success:contains(registered)",
        },
        {
            content: "both rights are in it; give it up",
            trigger:
                "#rgpd_request_page:contains(Erasure):contains(Access) button[name=rgpd_cancel]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is given up",
            trigger: "#rgpd_request_page .badge:contains(Given up)",
        },
    ],
});

/** Somebody without account fills in the public form. */
registry.category("web_tour.tours").add("rgpd_public_form_tour", {
    steps: () => [
        {
            content: "ask for a copy",
            trigger: "input[name=right][value=access]",
            run: "check",
        },
        {
            content: "give a name",
            trigger: "input[name=requester_name]",
            run: "edit Camille Exemple",
        },
        {
            content: "give an address",
            trigger: "input[name=requester_email]",
            run: "edit camille@client.example",
        },
        {
            content: "send",
            trigger: "button[name=rgpd_send]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a mail is on its way",
            trigger: "h1:contains(Look at your mails)",
        },
    ],
});

/** The owner of the address confirms from the mail. */
registry.category("web_tour.tours").add("rgpd_public_confirm_tour", {
    steps: () => [
        {
            content: "confirm",
            trigger: "button[name=rgpd_confirm]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is registered",
            trigger: "h1:contains(Your request is registered)",
        },
    ],
});

/** An agent asks for somebody else, joins the mandate and writes a message. */
registry.category("web_tour.tours").add("rgpd_privacy_reply_tour", {
    steps: () => [
        {
            content: "ask for a copy",
            trigger: "input[name=right][value=access]",
            run: "check",
        },
        {
            content: "it is for somebody else",
            trigger: "details summary",
            run: "click",
        },
        {
            content: "as an agent",
            trigger: "select[name=requester_kind]",
            run: "select agent",
        },
        {
            content: "who is meant",
            trigger: "input[name=person_name]",
            run: "edit Rose Exemple",
        },
        {
            content: "send",
            trigger: "button[name=rgpd_send]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the mandate is asked for; join it",
            trigger: "#rgpd_papers input[name=file]",
            run({anchor}) {
                const files = new DataTransfer();
                files.items.add(
                    new File(["%PDF-1.7 mandate"], "mandate.pdf", {
                        type: "application/pdf",
                    })
                );
                anchor.files = files.files;
            },
        },
        {
            content: "send the mandate",
            trigger: "button[name=rgpd_send_mandate]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it came",
            trigger: ".alert-success:contains(encrypted)",
        },
        {
            content: "write a message",
            trigger: "#rgpd_conversation textarea[name=text]",
            run: "edit My client is in a hurry.",
        },
        {
            content: "send it",
            trigger: "button[name=rgpd_reply]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is among the messages",
            trigger: "#rgpd_conversation .bg-100:contains(in a hurry)",
        },
    ],
});
