import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

/**
 * Put the notice and the unticked boxes into each form made with the website builder,
 * above its button. Not in the editor: nothing of it is saved with the page.
 */
export class RgpdWebsiteForm extends Interaction {
    static selector = ".s_website_form form, form.s_website_form";

    async start() {
        if (this.el.querySelector(".o_rgpd_website_form")) {
            return;
        }
        const names = [...this.el.elements].map((input) => input.name).filter(Boolean);
        const model = this.el.dataset.force_action || this.el.dataset.model_name || "";
        let block = "";
        try {
            block = await this.waitFor(rpc("/rgpd/website/form", {model, names}));
        } catch {
            // The form works without.
        }
        if (!block) {
            return;
        }
        const holder = document.createElement("div");
        holder.innerHTML = block;
        const place = this.el.querySelector(".s_website_form_submit");
        if (place) {
            this.insert(holder.firstElementChild, place, "beforebegin");
        } else {
            this.insert(holder.firstElementChild, this.el, "beforeend");
        }
    }
}

registry
    .category("public.interactions")
    .add("rgpd_fichier_client_website.form", RgpdWebsiteForm);
