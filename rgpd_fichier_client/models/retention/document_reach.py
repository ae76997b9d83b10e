from .rgpd_eraser_scope import Scope


class DocumentScope(Scope):
    """What the erasure of documents reaches; the persons they name stay."""

    def __init__(self, records, subjects):
        super().__init__(subjects)
        self.records = records
        self.company = records[:1]._rgpd_get_company() or records.env.company
        self.persons = []  # partners whose names leave the documents
        self.leaving = []  # those who leave the entries; None: every natural person
        self.named = {}  # {subject id: those partners whom its own documents name}
        self.natural = set()  # those, and their contacts, that are natural persons
        self.household = subjects  # whose reasons may count from the documents
        self._persons_of = {}  # answers of ``persons_of``
        self.own = records.browse()  # those of organisations
        self.natures = {}  # {(model, id): {whether it is that of a person}}
        self.related = {}  # {(model, id): documents it belongs to}
        self.found = {}  # {model: {id: [link keys]}}
        self.kept = {}  # {subject id: {category: Kept}}
        self.kept_books = {}  # {model: ids} a law keeps as they are
        self.shared_books = {}  # {model: ids} of documents that still name somebody
        self.foreign_books = {}  # {model: ids} of documents of somebody else alone
        self.transactions = None  # payments on line of invoices that leave
        self.groups = None  # which entries are matched, see core settlement
        moves = subjects.env["account.move"]
        self.settled = moves  # entries that let everybody go
        self.spared = moves  # matched with them or their deposits, they name nobody
        self.linked_books = {}  # {model: ids} whose texts go, whose link stays

    def ids_of(self, model):
        """Persons of the documents, as the links to them are cut."""
        return self.persons if model == "res.partner" else super().ids_of(model)

    def get_anchor_models(self):
        """An accounting document is masked as accounting allows, never as a whole."""
        return super().get_anchor_models() - {"account.move", "account.payment"}

    def persons_of(self, model, row_id):
        """Return the partners that leave a row: those whom its own documents name.

        Somebody else of the batch may be on it in their own right: an employee who
        bought something is the salesperson on the orders of others.
        """
        owners = self.owners.get((model, row_id))
        if not owners:
            return frozenset(self.persons)
        key = frozenset(owners)
        if key not in self._persons_of:
            self._persons_of[key] = frozenset().union(
                *(self.named.get(owner, ()) for owner in key)
            )
        return self._persons_of[key]

    def get_rows_touched(self):
        """Return ``{model: ids}`` of all rows found, somebody else's included."""
        names = {*self.found, *self.foreign_books}
        return {
            name: {*self.found.get(name, ()), *self.foreign_books.get(name, ())}
            for name in names
        }

    def get_rows_to_point(self, model):
        """Return the rows of a model on which no person who leaves may be linked.

        On somebody else's invoice that is its head: who is on its lines owes or paid.
        """
        linked = self.linked_books.get(model, ())
        ids = [row_id for row_id in self.found.get(model, ()) if row_id not in linked]
        if model == "account.move":
            known = set(ids)
            ids += [i for i in self.foreign_books.get(model, ()) if i not in known]
        return ids

    def get_rows_for_ledger(self):
        return [(self.records._name, row_id) for row_id in self.records.ids]
