import {CustomerAddress} from "@portal/interactions/address";
import {patch} from "@web/core/utils/patch";

/**
 * Say which data are not obligatory (Art. 13.2.e GDPR): the asterisk of Odoo stays where
 * a country does not ask for a field, and nothing says that the others are optional.
 */
patch(CustomerAddress.prototype, {
    async _onChangeCountry() {
        const result = await super._onChangeCountry(...arguments);
        const word = this.addressForm.querySelector(".o_rgpd_optional_word");
        if (word) {
            this._rgpdMarkOptional(word.textContent.trim(), this._rgpdGetNeeded(word));
        }
        return result;
    },

    /** Before a country is chosen Odoo marks nothing, and refuses what is missing. */
    _rgpdGetNeeded(word) {
        const country = parseInt(this.addressForm.country_id.value, 10);
        return country ? [] : (word.dataset.needed || "").split(",");
    },

    _rgpdMarkOptional(word, needed) {
        for (const label of this.addressForm.querySelectorAll("label.col-form-label")) {
            const input = label.htmlFor && this.addressForm[label.htmlFor];
            if (input && "required" in input) {
                const isOptional = !input.required && !needed.includes(input.name);
                this._rgpdMark(label, isOptional && word);
            }
        }
    },

    _rgpdMark(label, word) {
        label.classList.toggle("label-optional", Boolean(word));
        label.querySelector(".o_rgpd_optional")?.remove();
        if (word) {
            const mark = document.createElement("span");
            mark.className = "o_rgpd_optional fw-normal text-muted";
            mark.textContent = ` (${word})`;
            label.append(mark);
        }
    },
});
