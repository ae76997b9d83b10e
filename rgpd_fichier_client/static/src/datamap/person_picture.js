import {Component} from "@odoo/owl";

const WIDTH = 220;
const HEIGHT = 40;
const GAP_X = 90;
const GAP_Y = 14;

/**
 * Draws how the records found hang together: the person on the left, what belongs to
 * them in the next column, what belongs to that one in the one after it.
 */
export class PersonPicture extends Component {
    static template = "rgpd_fichier_client.PersonPicture";
    static props = {groups: Array, open: Function};

    get picture() {
        const groups = Object.fromEntries(this.props.groups.map((g) => [g.model, g]));
        const parents = {};
        for (const group of this.props.groups) {
            parents[group.model] = new Set(
                group.paths
                    .map((path) => path.from_model)
                    .filter((model) => model in groups && model !== group.model)
            );
        }
        const levels = this.getLevels(groups, parents);
        const columns = [];
        for (const [model, level] of Object.entries(levels)) {
            (columns[level] ||= []).push(model);
        }
        const nodes = {};
        columns.forEach((models, column) =>
            models.forEach((model, row) => {
                nodes[model] = {
                    group: groups[model],
                    x: column * (WIDTH + GAP_X),
                    y: row * (HEIGHT + GAP_Y),
                };
            })
        );
        const tallest = Math.max(...columns.map((models) => models.length), 1);
        return {
            nodes: Object.values(nodes),
            lines: this.getLines(nodes, parents, levels),
            width: columns.length * (WIDTH + GAP_X) - GAP_X,
            height: tallest * (HEIGHT + GAP_Y),
        };
    }

    /** The column of each model: one after the first of those it hangs on. */
    getLevels(groups, parents) {
        const levels = {};
        for (const group of Object.values(groups)) {
            if (group.is_anchor) {
                levels[group.model] = 0;
            }
        }
        let level = 0;
        let isMoving = true;
        while (isMoving) {
            isMoving = false;
            level++;
            for (const model of Object.keys(groups)) {
                const isNext = [...parents[model]].some(
                    (parent) => levels[parent] === level - 1
                );
                if (isNext && !(model in levels)) {
                    levels[model] = level;
                    isMoving = true;
                }
            }
        }
        for (const model of Object.keys(groups)) {
            // Found by an address, or on a record of any kind (messages, files)
            levels[model] ??= 1;
        }
        return levels;
    }

    getLines(nodes, parents, levels) {
        const lines = [];
        const roots = Object.keys(levels).filter((model) => levels[model] === 0);
        for (const [model, node] of Object.entries(nodes)) {
            const before = [...parents[model]].filter(
                (parent) => levels[parent] < levels[model]
            );
            const from = before.length || levels[model] === 0 ? before : roots;
            for (const parent of from) {
                const start = nodes[parent];
                const [x1, y1] = [start.x + WIDTH, start.y + HEIGHT / 2];
                const [x2, y2] = [node.x, node.y + HEIGHT / 2];
                const middle = (x1 + x2) / 2;
                lines.push({
                    key: `${parent}>${model}`,
                    d: `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`,
                });
            }
        }
        return lines;
    }

    shorten(label) {
        return label.length > 24 ? `${label.slice(0, 23)}…` : label;
    }
}
