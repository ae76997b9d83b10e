import {Component, onWillStart, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {PersonPicture} from "./person_picture";

const MODEL = "rgpd.person.lookup";
const keyOf = ({model, id}) => `${model},${id}`;

/**
 * Looks a person up by anything, lets the officer confirm who is meant, then shows
 * everything the database holds about them. What is typed is never put in the address.
 */
export class RgpdPersonLookup extends Component {
    static template = "rgpd_fichier_client.PersonLookup";
    static components = {Layout, PersonPicture};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        useAutofocus({refName: "input"});
        this.state = useState({
            candidates: null,
            chosen: {},
            groups: null,
            hasMore: false,
            isPicture: false,
            total: 0,
        });
        onWillStart(() => this.restore());
    }

    get display() {
        return {controlPanel: {}};
    }

    /** Show at once the record the screen was opened from. */
    async restore() {
        const anchors = this.props.action.params?.anchors || [];
        if (anchors.length) {
            this.anchors = anchors;
            await this.load();
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.search();
        }
    }

    async search() {
        const text = this.input.el.value;
        Object.assign(this.state, {groups: null, chosen: {}});
        const found = await this.orm.call(MODEL, "lookup", [text]);
        this.state.candidates = found.candidates;
        this.state.hasMore = found.has_more;
        const sure = found.candidates.filter((candidate) => candidate.is_sure);
        if (sure.length === 1) {
            this.state.chosen[keyOf(sure[0])] = true;
        }
    }

    isChosen(candidate) {
        return Boolean(this.state.chosen[keyOf(candidate)]);
    }

    toggle(candidate) {
        const key = keyOf(candidate);
        this.state.chosen[key] = !this.state.chosen[key];
        this.state.groups = null;
    }

    get chosenCandidates() {
        return (this.state.candidates || []).filter((found) => this.isChosen(found));
    }

    async show() {
        this.anchors = this.chosenCandidates.map(({model, id}) => [model, id]);
        await this.load();
    }

    async load() {
        const {groups, total} = await this.orm.call(MODEL, "show", [this.anchors]);
        Object.assign(this.state, {groups, total});
    }

    openRecord(group, record) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: group.model,
            res_id: record.id,
            views: [[false, "form"]],
        });
    }

    async openAll(group) {
        const action = await this.orm.call(MODEL, "get_records_action", [
            this.anchors,
            group.model,
        ]);
        this.action.doAction(action);
    }

    openRecordOf(candidate) {
        this.openRecord(candidate, candidate);
    }

    describe(path) {
        return path.from
            ? _t("%(field)s, of %(from)s", {
                  field: path.field || path.label,
                  from: path.from,
              })
            : path.field || path.label;
    }
}

registry.category("actions").add("rgpd_fichier_client.person_lookup", RgpdPersonLookup);
