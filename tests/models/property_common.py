from .erasure_common import ErasureCase


def define(env, properties):
    """Give contacts these properties; return the record that defines them."""
    base = env["properties.base.definition"]
    base = base._get_definition_for_property_field("res.partner", "properties")
    base.properties_definition = properties
    return base


class PropertyCase(ErasureCase):
    """Contacts with properties that name each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        properties = [
            {"name": "aaaa", "string": "Note", "type": "char"},
            {"name": "bbbb", "string": "Sponsor", "type": "many2one",
             "comodel": "res.partner"},
            {"name": "cccc", "string": "Friends", "type": "many2many",
             "comodel": "res.partner"},
            {"name": "dddd", "string": "Country", "type": "many2one",
             "comodel": "res.country"},
        ]  # fmt: skip
        cls.definition = define(cls.env, properties)
        cls.member = cls.new_person("Lucie Tanguy", 2)
        cls.friend = cls.new_person("Marc Kervella", 3)
        cls.stranger = cls.new_person("Anna Guillou", 4)
        cls.member.properties = {"aaaa": "tall", "bbbb": cls.prospect.id}
        cls.friend.properties = {"cccc": [cls.member.id, cls.prospect.id]}
        # The number of another model's record, and a number in a text
        country = cls.env["res.country"].browse(
            cls.prospect.id if cls.prospect.id < 200 else 75
        )
        cls.stranger.properties = {"aaaa": str(cls.prospect.id), "dddd": country.id}
        cls.env.flush_all()
        cls.env.invalidate_all()
