import {SmsWidget} from "@sms/components/sms_widget/fields_sms_widget";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

/**
 * The sender and the way out that an SMS of marketing carries count among its
 * characters: they are added when it leaves, and they are paid for.
 */
patch(SmsWidget.prototype, {
    get rgpdEnding() {
        return this.props.record.data.rgpd_sms_ending || "";
    },
    get encoding() {
        const body = this.props.record.data[this.props.name] || "";
        return this._extractEncoding(body + this.rgpdEnding);
    },
    get nbrChar() {
        // A line break counts twice, as in the text
        const breaks = (this.rgpdEnding.match(/\n/g) || []).length;
        return super.nbrChar + this.rgpdEnding.length + breaks;
    },
    get nbrCharExplanation() {
        return this.rgpdEnding
            ? super.nbrCharExplanation + _t(" (sender and way out included)")
            : super.nbrCharExplanation;
    },
});
