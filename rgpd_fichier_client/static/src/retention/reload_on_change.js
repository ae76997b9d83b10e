import {Component, onMounted, onWillUnmount, xml} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const PERIOD = 5000;

/**
 * Reloads the record when a job has changed one of these fields, for as long as the
 * widget is shown. Only they are asked for: to read the whole form may be slow. What a
 * user is writing is never lost.
 */
export class RgpdReloadOnChange extends Component {
    static template = xml`<t/>`;
    static props = {
        ...standardWidgetProps,
        fields: {type: Array, element: String},
    };

    setup() {
        this.orm = useService("orm");
        this.isLooking = false;
        let timer = null;
        onMounted(() => {
            timer = browser.setInterval(() => this.look(), PERIOD);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async look() {
        const {record, fields} = this.props;
        if (this.isLooking || !record.resId) {
            return;
        }
        this.isLooking = true;
        try {
            const [now] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                fields
            );
            const isNew = now && fields.some((name) => now[name] !== record.data[name]);
            if (isNew && !(await record.isDirty())) {
                await record.load();
            }
        } finally {
            this.isLooking = false;
        }
    }
}

registry.category("view_widgets").add("rgpd_reload_on_change", {
    component: RgpdReloadOnChange,
    extractProps: ({options}) => ({fields: options.fields}),
});
