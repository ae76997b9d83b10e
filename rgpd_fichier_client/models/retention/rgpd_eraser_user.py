from odoo import api, models
from odoo.http import root
from odoo.tools import SQL

# Rows that let somebody log in, beside the account itself: table and its user column.
LOGIN_TABLES = {
    "res_users_apikeys": "user_id",
    "auth_totp_device": "user_id",
    "auth_passkey_key": "create_uid",
    "auth_totp_rate_limit_log": "user_id",
    "res_users_log": "create_uid",
    "res_device_log": "user_id",
}


class RgpdEraserUser(models.AbstractModel):
    """Close the portal account of a person, for good.

    The login becomes random and the password goes, which ends every open session by
    itself (their token is made from both); keys and devices are deleted, and session
    files follow once the transaction is committed.
    """

    _name = "rgpd.eraser.user"
    _description = "Closing of Portal Accounts"

    @api.model
    def _close(self, users):
        """Disable these accounts; return how many there were."""
        users = users.filtered("share")
        if not users:
            return 0
        ids = tuple(users.ids)
        self._drop_sessions(ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_users
                   SET active = false,
                       password = NULL,
                       login = %s || replace(gen_random_uuid()::text, '-', ''),
                       signature = NULL
                 WHERE id IN %s
                """,
                "erased-",
                ids,
            )
        )
        self._clear_optional_columns(ids)
        for table, column in LOGIN_TABLES.items():
            self._delete_rows(table, column, ids)
        users.invalidate_recordset(flush=False)
        users.modified(["active", "login", "password", "signature"])
        # The cache holds session tokens and API keys
        self.env.registry.clear_cache()
        return len(users)

    def _drop_sessions(self, ids):
        if not self._table_has("res_device_log", "session_identifier"):
            return
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT session_identifier FROM res_device_log"
                " WHERE user_id IN %s",
                ids,
            )
        )
        identifiers = [row[0] for row in rows if row[0]]
        if identifiers:
            store = root.session_store
            self.env.cr.postcommit.add(
                lambda: store.delete_from_identifiers(identifiers)
            )

    def _clear_optional_columns(self, ids):
        """Secrets brought by other add-ons (two factors, OAuth)."""
        for column in ("totp_secret", "oauth_uid", "oauth_access_token"):
            if self._table_has("res_users", column):
                self.env.cr.execute(
                    SQL(
                        "UPDATE res_users SET %s = NULL WHERE id IN %s",
                        SQL.identifier(column),
                        ids,
                    )
                )

    def _delete_rows(self, table, column, ids):
        if self._table_has(table, column):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s IN %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                )
            )

    def _table_has(self, table, column):
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM information_schema.columns"
                    " WHERE table_schema = current_schema"
                    " AND table_name = %s AND column_name = %s",
                    table,
                    column,
                )
            )
        )
