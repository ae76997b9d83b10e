import {download} from "@web/core/network/download";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Fetch the bundle of a person by POST, then open its request.
 *
 * The grant is a secret of one user for one download: it travels in the body, so
 * that no log, history or mail scanner sees it.
 */
async function downloadBundle(env, action) {
    const {request_id: requestId, grant, password} = action.params;
    env.services.ui.block();
    try {
        await download({
            url: `/rgpd/request/${requestId}/bundle`,
            data: {grant, password},
        });
    } finally {
        env.services.ui.unblock();
    }
    env.services.notification.add(_t("The copy of the data has been downloaded."), {
        type: "success",
    });
    env.services.notification.add(
        _t(
            "Password of the archive, shown once: %s. Tell it by another way than the archive: by phone, SMS or post.",
            password
        ),
        {type: "warning", sticky: true}
    );
    return {
        type: "ir.actions.act_window",
        res_model: "rgpd.request",
        res_id: requestId,
        views: [[false, "form"]],
        target: "current",
    };
}

registry.category("actions").add("rgpd_bundle_download", downloadBundle);
