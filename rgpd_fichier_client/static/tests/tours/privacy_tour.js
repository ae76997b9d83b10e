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
