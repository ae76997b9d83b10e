import {Component, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatInteger} from "@web/views/fields/formatters";
import {formatDateTime, deserializeDateTime} from "@web/core/l10n/dates";
import {Layout} from "@web/search/layout";
import {user} from "@web/core/user";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const WIDTH = 210;
const HEIGHT = 40;
const GAP_X = 70;
const GAP_Y = 12;
const TOP = 34;

/**
 * The whole map as a picture: the persons on the left, what is linked to them beside,
 * then the parts of those. On a narrow screen the same as a list.
 */
export class RgpdMapPicture extends Component {
    static template = "rgpd_fichier_client.MapPicture";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useState(useService("ui"));
        this.state = useState({
            category: 0,
            hasEmpty: false,
            mode: "picture",
            selected: false,
        });
        this.display = {controlPanel: {}};
        onWillStart(async () => {
            this.data = await this.orm.call("rgpd.data.map", "get_picture", []);
            this.isDpo = await user.hasGroup("rgpd_fichier_client.group_rgpd_dpo");
            // Nothing was counted yet: everything is shown
            this.state.hasEmpty = !this.data.counted;
        });
    }

    get counted() {
        return this.data.counted
            ? formatDateTime(deserializeDateTime(this.data.counted))
            : "";
    }

    format(number) {
        return formatInteger(number);
    }

    get nodes() {
        const {category, hasEmpty} = this.state;
        return this.data.nodes.filter(
            (node) =>
                (hasEmpty || node.records || node.column === "person") &&
                (!category || node.categories.includes(category))
        );
    }

    get selected() {
        return this.data.nodes.find((node) => node.model === this.state.selected);
    }

    get columns() {
        const nodes = this.nodes;
        return this.data.columns
            .map((column) => ({
                ...column,
                nodes: nodes.filter((node) => node.column === column.code),
            }))
            .filter((column) => column.nodes.length);
    }

    get picture() {
        const columns = this.columns;
        const places = {};
        columns.forEach((column, index) =>
            column.nodes.forEach((node, row) => {
                places[node.model] = {
                    node,
                    x: index * (WIDTH + GAP_X),
                    y: TOP + row * (HEIGHT + GAP_Y),
                };
            })
        );
        const rows = Math.max(...columns.map((column) => column.nodes.length), 1);
        return {
            heads: columns.map((column, index) => ({
                ...column,
                x: index * (WIDTH + GAP_X),
            })),
            places: Object.values(places),
            lines: this.getLines(places),
            width: Math.max(columns.length * (WIDTH + GAP_X) - GAP_X, WIDTH),
            height: TOP + rows * (HEIGHT + GAP_Y),
        };
    }

    /** One line to the first parent shown; all of them for the model selected. */
    getLines(places) {
        const lines = [];
        for (const [model, {node, x, y}] of Object.entries(places)) {
            const isSelected = model === this.state.selected;
            const shown = node.parents.filter((parent) => parent in places);
            for (const parent of isSelected ? shown : shown.slice(0, 1)) {
                const from = places[parent];
                const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
                const y2 = y + HEIGHT / 2;
                const middle = (x1 + x) / 2;
                lines.push({
                    key: `${parent}>${model}`,
                    isStrong: isSelected || parent === this.state.selected,
                    d: `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x},${y2}`,
                });
            }
        }
        return lines.sort((a, b) => a.isStrong - b.isStrong);
    }

    shorten(label) {
        return label.length > 22 ? `${label.slice(0, 21)}…` : label;
    }

    getCategories(node) {
        return this.data.categories.filter((category) =>
            node.categories.includes(category.id)
        );
    }

    getParents(node) {
        return this.data.nodes.filter((other) => node.parents.includes(other.model));
    }

    select(node) {
        this.state.selected = this.state.selected === node.model ? false : node.model;
    }

    onKeydown(ev, node) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.select(node);
        }
    }

    onCategory(ev) {
        this.state.category = Number(ev.target.value);
        this.state.selected = false;
    }

    getModels(category) {
        return category.models.filter((item) => item.filled || !this.data.counted);
    }

    share(category, item) {
        return category.filled ? Math.round((100 * item.filled) / category.filled) : 0;
    }

    async openFields(model, categoryId) {
        const action = await this.action.loadAction(
            "rgpd_fichier_client.rgpd_data_field_action"
        );
        const domain = [
            ["model", "=", model],
            ["is_present", "=", true],
            ["effective_status", "!=", "not_personal"],
        ];
        if (categoryId) {
            domain.push(["effective_category_id", "=", categoryId]);
        }
        this.action.doAction({...action, domain, context: {}});
    }

    async openLinks(model) {
        const action = await this.action.loadAction(
            "rgpd_fichier_client.rgpd_data_link_action"
        );
        const domain = [
            ["model", "=", model],
            ["is_present", "=", true],
        ];
        this.action.doAction({...action, domain, context: {}});
    }

    async count() {
        await this.orm.call("rgpd.data.field", "action_count", [[]]);
        this.data = await this.orm.call("rgpd.data.map", "get_picture", []);
        this.state.hasEmpty = false;
        this.render(true);
    }
}

registry.category("actions").add("rgpd_fichier_client.map_picture", RgpdMapPicture);
