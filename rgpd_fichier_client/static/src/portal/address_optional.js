import {CustomerAddress} from "@portal/interactions/address";
import {patch} from "@web/core/utils/patch";

/**
 * Say which data are not obligatory (Art. 13.2.e GDPR): the asterisk of Odoo stays where
 * a country does not ask for a field, and nothing says that the others are optional.
 */
patch(CustomerAddress.prototype, {
    async _onChangeCountry() {
        const result = await super._onChangeCountry(...arguments);
        this._rgpdMarkOptional();
        return result;
    },

    _rgpdMarkOptional() {
        const word = this.addressForm.querySelector(".o_rgpd_optional_word");
        if (!word) {
            return;
        }
        for (const label of this.addressForm.querySelectorAll("label.col-form-label")) {
            const input = label.htmlFor && this.addressForm[label.htmlFor];
            if (!input || !("required" in input)) {
                continue;
            }
            label.classList.toggle("label-optional", !input.required);
            label.querySelector(".o_rgpd_optional")?.remove();
            if (!input.required) {
                const mark = document.createElement("span");
                mark.className = "o_rgpd_optional fw-normal text-muted";
                mark.textContent = ` (${word.textContent.trim()})`;
                label.append(mark);
            }
        }
    },
});
