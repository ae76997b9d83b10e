import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * Shows what a method of the record tells, read when the page of the form is opened:
 * whoever opens the form for something else does not wait for it.
 */
export class RgpdLaterRows extends Component {
    static template = "rgpd_fichier_client.LaterRows";
    static props = {...standardWidgetProps, method: {type: String}};

    setup() {
        this.orm = useService("orm");
        this.state = useState({sections: []});
        this.resId = false;
        this.asked = 0;
        // Not returned: the form would wait for the answer to be drawn
        useRecordObserver((record, props) => {
            this.load(record, props);
        });
    }

    async load(record, {method}) {
        // Each value is looked at, so that a saved or reloaded record is asked again
        Object.values(record.data);
        const {dirty, resId, resModel} = record;
        if (resId !== this.resId) {
            this.resId = resId;
            this.state.sections = [];
        } else if (dirty || !resId) {
            return;
        }
        this.asked += 1;
        const asked = this.asked;
        if (resId) {
            const sections = await this.orm.call(resModel, method, [[resId]]);
            // The answer about the record before may come after that about this one
            if (asked === this.asked) {
                this.state.sections = sections;
            }
        }
    }
}

registry.category("view_widgets").add("rgpd_later_rows", {
    component: RgpdLaterRows,
    extractProps: ({options}) => ({method: options.method}),
});
