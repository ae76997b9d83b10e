import {SmsWidget} from "@sms/components/sms_widget/fields_sms_widget";
import {patch} from "@web/core/utils/patch";

/**
 * Links leave as they were written to who did not agree to be followed: the longer of
 * the two texts is the one to count.
 */
patch(SmsWidget.prototype, {
    _getValueForSmsCounts(value) {
        const followed = super._getValueForSmsCounts(value);
        if (followed.length < value.length) {
            this.noticeLinksReplaced = false;
            return value;
        }
        return followed;
    },
});
