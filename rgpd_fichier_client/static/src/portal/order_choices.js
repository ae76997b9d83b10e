import {rpc} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";
import {PaymentForm} from "@payment/interactions/payment_form";
import {SignatureForm} from "@portal/signature_form/signature_form";

/**
 * Say which notice and which boxes the page shows, just before the quotation is signed
 * or paid. Whatever happens to them, the person goes on.
 *
 * @param {Element|null|undefined} place - what holds the acceptance
 */
async function sendChoices(place) {
    const block = place?.querySelector(".o_rgpd_order_choices");
    if (!block) {
        return;
    }
    const boxes = [...block.querySelectorAll("input[data-notice]")].map((input) => ({
        id: Number(input.dataset.notice),
        digest: input.dataset.digest,
        ticked: input.checked,
    }));
    const name = block.querySelector("#o_rgpd_choice_name")?.value;
    try {
        await rpc(block.dataset.url, {boxes, notice: block.dataset.notice, name});
    } catch {
        // The acceptance does not depend on these choices.
    }
}

patch(SignatureForm.prototype, {
    async onClickSubmit() {
        await sendChoices(this.rootRef.el?.closest("form"));
        return super.onClickSubmit(...arguments);
    },
});

patch(PaymentForm.prototype, {
    async submitForm(ev) {
        // The browser would send the form itself while we wait.
        ev.stopPropagation();
        ev.preventDefault();
        this._disableButton();
        await this.waitFor(sendChoices(this.el.closest("#payment_method")));
        return super.submitForm(...arguments);
    },
});
