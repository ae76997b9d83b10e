import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * Shows, for each purpose and channel, whether the person may be contacted today and
 * why. It asks the server only when the page of the form is opened.
 */
export class RgpdContactPanel extends Component {
    static template = "rgpd_fichier_client.ContactPanel";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({lines: []});
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load(props) {
        const {resModel, resId} = props.record;
        this.state.lines = resId
            ? await this.orm.call(resModel, "rgpd_get_verdicts", [[resId]])
            : [];
    }
}

registry.category("view_widgets").add("rgpd_contact_panel", {
    component: RgpdContactPanel,
});
