def migrate(cr, version):
    """Let the label of a column that counts be translated again: it was that of the
    number of a document, and Odoo keeps a translation that is there.
    """
    cr.execute(
        """UPDATE ir_model_fields SET field_description = field_description - 'fr_FR'
            WHERE model = 'rgpd.simulation.document' AND name = 'count'
              AND field_description ->> 'fr_FR' = 'Numéro'"""
    )
