import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Shows, before a message leaves, how many people get it and who is left out and why.
 * A reason opens the list of those it concerns, where the form knows how to.
 */
export class RgpdRecipientReport extends Component {
    static template = "rgpd_fichier_client.RecipientReport";
    static props = {
        ...standardFieldProps,
        openMethod: {type: String, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({counted: null});
    }

    get report() {
        const report = this.props.record.data[this.props.name];
        return report && !report.is_counted && this.state.counted
            ? this.state.counted
            : report;
    }

    get excluded() {
        return this.report.total - this.report.allowed;
    }

    async save() {
        const {record} = this.props;
        return (await record.save()) ? record.resId : false;
    }

    async count() {
        const id = await this.save();
        if (id) {
            this.state.counted = await this.orm.call(
                this.props.record.resModel,
                "rgpd_count_recipients",
                [[id]]
            );
        }
    }

    async open(code) {
        const id = await this.save();
        if (id) {
            this.action.doAction(
                await this.orm.call(this.props.record.resModel, this.props.openMethod, [
                    [id],
                    code,
                ])
            );
        }
    }
}

registry.category("fields").add("rgpd_recipient_report", {
    component: RgpdRecipientReport,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({openMethod: options.open_method}),
});
