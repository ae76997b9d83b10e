import {rpc} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";
import {SignatureForm} from "@portal/signature_form/signature_form";

/**
 * Send the boxes beside the signature just before the signature itself. Whatever
 * happens to them, the person signs.
 */
patch(SignatureForm.prototype, {
    async onClickSubmit() {
        const block = this.rootRef.el
            ?.closest("form")
            ?.querySelector(".o_rgpd_signature_choices");
        if (block) {
            const boxes = [...block.querySelectorAll("input[data-notice]")].map(
                (input) => ({
                    id: Number(input.dataset.notice),
                    digest: input.dataset.digest,
                    ticked: input.checked,
                })
            );
            try {
                await rpc(block.dataset.url, {boxes});
            } catch {
                // The signature does not depend on these choices.
            }
        }
        return super.onClickSubmit(...arguments);
    },
});
