import json
from array import array
from collections import Counter, deque

from odoo import fields, models

from ...core.datamap import bundle, bundle_page, bundle_parts
from ...core.datamap.bundle_parts import DATA, FOUND, NAMES, PAGE
from .export_withheld import leave_out


class RgpdPersonExporter(models.AbstractModel):
    """Writes the parts of a copy step by step: who stops can go on from any of them."""

    _inherit = "rgpd.person.exporter"

    def _iterate_bundle(
        self, records, portability, review, step, state=None, max_documents=None
    ):
        """Write the streams of a bundle; `self` has all rights and the language.

        What a step wrote and the state after it belong together: keep both, or none.

        :param Step step: takes what is written, and reads back what was
        :param state: what was yielded last, to go on from there
        :param max_documents: of orders and invoices printed; None: as long as a
            browser waits
        :return: iterator over states: JSON-able, without personal data; `done` is the
            number of records that went into the streams
        """
        state = state or self._begin_bundle(records, portability, review, step)
        state.setdefault("stubs", 0)
        if not state["done"]:
            yield dict(state)
        found = self._read_found(step)
        reader = self._prepare_reader(records, found, portability, review)
        reader.recall(step.read_lines(NAMES))
        review.withheld = Counter(state["withheld"])
        models_left = list(found)[state["model"] :]
        for model in models_left:
            if model not in self.env:
                self._skip_model(step, model, found[model], state)
                continue
            for _part in self._write_model(
                step, reader, model, found[model], portability, state
            ):
                self._note_names(step, reader)
                state["withheld"] = dict(review.withheld)
                yield dict(state)
        if not portability:
            yield from self._print_documents(
                step, found, state, max_documents, reader.withheld
            )

    def _begin_bundle(self, records, portability, review, step):
        """Look for everything once, begin the page and the JSON; return the state."""
        moment = fields.Datetime.now()
        found = leave_out(self._find_records(records, portability), review)
        for model, ids in found.items():
            step.write(FOUND, json.dumps({model: ids}) + "\n")
        self._write_heads(step, records, found, moment, portability, review)
        return {
            "moment": fields.Datetime.to_string(moment),
            "total": sum(map(len, found.values())),
            "done": 0,
            "model": 0,
            "offset": 0,
            "shown": 0,
            "stubs": 0,
            "counts": {},
            "withheld": {},
            "documents": None,
        }

    def _read_found(self, step):
        """Return `{model: ids}`; as plain numbers they take a fifth of the memory."""
        found = {}
        for line in step.read_lines(FOUND):
            for model, ids in json.loads(line).items():
                found[model] = array("q", ids)
        return found

    def _note_names(self, step, reader):
        """Keep the names learned, so that they are masked after an interruption too."""
        for line in reader.take_learned():
            step.write(NAMES, line + "\n")

    # === RECORDS === #

    def _write_model(self, step, reader, model, ids, portability, state):
        """Write one kind of data batch by batch, from where `state` is."""
        columns = reader.get_columns(model)
        is_listed = bool(columns) and not (portability and model == "ir.attachment")
        if is_listed and not state["offset"]:
            self._open_model(step, model, columns, is_first=not state["counts"])
            state["counts"][model] = 0
        for part in self._split(ids[state["offset"] :]):
            # Erased since it was looked for: it is not held any more
            records = self.env[model].browse(part).exists()
            if is_listed:
                self._write_records(step, reader, records, columns, state)
            self._list_files(step, reader, records, portability)
            state["offset"] += len(part)
            state["done"] += len(part)
            is_last = state["offset"] >= len(ids)
            if is_last:
                if is_listed:
                    self._close_model(step, model, state)
                state.update(model=state["model"] + 1, offset=0, shown=0, stubs=0)
            self.env.invalidate_all()
            yield part

    def _skip_model(self, step, model, ids, state):
        """Go on after a kind of data whose add-on was removed since: it is gone."""
        if state["offset"] and model in state["counts"]:
            self._close_model(step, model, state)
        state["done"] += len(ids) - state["offset"]
        state.update(model=state["model"] + 1, offset=0, shown=0)

    def _open_model(self, step, model, columns, is_first):
        head = {
            "model": model,
            "label": self._label(model),
            "fields": [
                {
                    "name": column.name,
                    "label": column.label,
                    "type": column.ttype,
                    "category": column.category,
                }
                for column in columns
            ],
        }
        text = json.dumps(head, ensure_ascii=False)[:-1]
        step.write(DATA, f'{"" if is_first else ","}{text}, "records": [')
        self._get_page(step).open_section(self._anchor(model), head["label"])
        table = bundle.CsvWriter(step.open(f"csv/{model}.csv"))
        table.begin([column.label for column in columns])

    def _write_records(self, step, reader, records, columns, state):
        model = records._name
        table = bundle.CsvWriter(step.open(f"csv/{model}.csv"))
        page = self._get_page(step)
        for record, values in reader.read(records, columns):
            table.add(values.get(column.name) for column in columns)
            separator = "," if state["shown"] else ""
            reference = 0 if reader.ground else record.id
            item = {"reference": reference, "values": values}
            step.write(DATA, f"{separator}\n{json.dumps(item, ensure_ascii=False)}")
            if reader.ground:
                state["stubs"] += 1
            else:
                state["counts"][model] += 1
            if state["shown"] < bundle_page.SHOWN_RECORDS:
                state["shown"] += 1
                pairs = [
                    (column.label, reader.show(column, values[column.name]))
                    for column in columns
                    if column.name in values
                    and not bundle_page.is_repeated(column.name)
                ]
                page.write_record(reader.get_title(record), pairs)

    def _close_model(self, step, model, state):
        step.write(DATA, "]}")
        hidden = state["counts"][model] + state["stubs"] - state["shown"]
        self._get_page(step).close_section(hidden=hidden)

    def _get_page(self, step):
        return bundle_page.PageWriter(step.open(PAGE), self._get_page_labels())

    # === PUTTING TOGETHER === #

    def _write_bundle(self, records, stream, portability, review):
        """Write the archive in one go."""
        with bundle_parts.Spool() as spool:
            step = bundle_parts.Step(spool.append, spool.read)
            steps = self._iterate_bundle(records, portability, review, step)
            [state] = deque(steps, maxlen=1)
            return self._assemble(spool, state, stream, portability)

    def _assemble(self, spool, state, stream, portability):
        """Put the streams together with the files; return the manifest.

        :param Spool spool: everything the steps wrote
        :param dict state: the last one
        """
        moment = fields.Datetime.to_datetime(state["moment"])
        writer = bundle.BundleWriter(stream, moment)
        try:
            files = self._copy_files(spool, writer)
            step = bundle_parts.Step(spool.append, spool.read)
            self._write_tails(step, files, state, portability)
            for name in spool.get_entries():
                writer.add_stream(name, spool.open(name))
            self._print_page(spool, writer)
            writer.add_bytes("schema.json", bundle.read_schema())
            return writer.close(**self._get_facts(state, files, portability))
        except BaseException:
            writer.abandon()
            raise

    def _write_tails(self, step, files, state, portability):
        """End the page and the JSON: files, and what the reader must know."""
        notes = [
            *self._get_notes(portability),
            *self._get_withheld_notes(Counter(state["withheld"])),
            *self._get_unprinted_notes(state["documents"] or {}),
        ]
        if files.missing:
            notes.append(self._get_missing_note(files.missing))
        page = self._get_page(step)
        page.write_files("files", files.items)
        page.write_notes(notes)
        page.write_end()
        step.write(
            DATA,
            f'],\n "files": {bundle.dump_json(files.items)},\n'
            f' "notes": {bundle.dump_json(notes)}\n}}\n',
        )
