import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from odoo.addons.rgpd_fichier_client.core.errors import KeyFileError
from odoo.addons.rgpd_fichier_client.core.journal import keyfile

DATABASE = "0c1f7a3e-0000-11f0-8000-000000000001"


@pytest.fixture
def file(tmp_path):
    return keyfile.KeyFile(tmp_path / "keys", DATABASE)


def code_of(function, *args):
    with pytest.raises(KeyFileError) as caught:
        function(*args)
    return caught.value.code


def test_made_private_and_whole(file):
    keys = file.make()
    assert set(keys) == set(keyfile.USES)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.folder.stat().st_mode) == 0o700
    assert len({key.secret for items in keys.values() for key in items}) == 5
    assert [path.name for path in file.folder.iterdir()] == [f"{DATABASE}.json"]
    assert file.load() == keys


def test_an_existing_file_is_never_overwritten(file):
    assert file.make() == file.make()


def test_of_many_workers_one_makes_it(tmp_path):
    def create(_rank):
        return keyfile.KeyFile(tmp_path / "keys", DATABASE).make()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(create, range(8)))
    assert all(result == results[0] for result in results)


def test_missing(file):
    assert code_of(file.load) == "missing"


def test_readable_by_others_is_refused(file):
    file.make()
    file.path.chmod(0o640)
    assert code_of(file.load) == "open"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"keys": []}', '{"keys": {"vault": [{"secret": "x"}]}}']
)
def test_damaged_is_refused_without_a_word_of_it(file, text):
    file.make()
    file.path.write_text(text)
    with pytest.raises(KeyFileError) as caught:
        file.load()
    assert caught.value.code == "invalid"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "flat").write_text("")
    file = keyfile.KeyFile(tmp_path / "flat" / "keys", DATABASE)
    assert code_of(file.make) == "folder"


@pytest.mark.parametrize("database", ["", None, "../escape", "a/b"])
def test_the_identifier_is_a_plain_name(tmp_path, database):
    assert code_of(keyfile.KeyFile, tmp_path, database) == "database"


def test_an_older_file_gets_the_uses_it_lacks(file):
    file.make()
    content = json.loads(file.path.read_text())
    del content["keys"]["ledger"]
    file.path.write_text(json.dumps(content))
    before = file.load()
    keys = file.add_missing()
    assert keys["ledger"][0].secret
    assert keys["vault"] == before["vault"]


def test_rotation_keeps_what_verifies(file):
    old = file.make()["signing"][0]
    signature = keyfile.sign(old, b"seal")
    new = file.add_signing()
    # Until the database knows the new one, both can sign.
    assert [key.secret is not None for key in file.load()["signing"]] == [True, True]
    retired, current = file.retire_signing(new.fingerprint)["signing"]
    assert retired.secret is None
    assert current == new
    assert keyfile.is_signed(retired.public, b"seal", signature)
    assert not keyfile.is_signed(current.public, b"seal", signature)
    assert old.secret.hex() not in file.path.read_text()


def test_retiring_for_an_unknown_key_changes_nothing(file):
    before = file.make()
    assert file.retire_signing("unknown") == before


def test_concurrent_rotations_lose_no_key(file):
    file.make()
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _rank: file.add_signing(), range(6)))
    kept = {key.fingerprint for key in file.load()["signing"]}
    assert len(kept) == 7
    assert {key.fingerprint for key in made} <= kept


def test_a_signature_of_something_else_fails(file):
    key = file.make()["signing"][0]
    signature = keyfile.sign(key, b"seal")
    assert keyfile.is_signed(key.public, b"seal", signature)
    assert not keyfile.is_signed(key.public, b"other", signature)
    assert not keyfile.is_signed(key.public, b"seal", "not hexadecimal")
    assert not keyfile.is_signed(key.public, b"seal", "00")


def test_a_key_is_never_shown():
    key = keyfile.make_key("vault")
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)
    assert key.fingerprint in repr(key)


def test_the_fingerprint_tells_uses_apart():
    secret = b"x" * 32
    marks = {keyfile.restore_key(use, secret).fingerprint for use in keyfile.USES}
    assert len(marks) == len(keyfile.USES)


def test_a_path_of_its_own(tmp_path):
    path = tmp_path / "deep" / "keys.json"
    file = keyfile.KeyFile(None, DATABASE, path)
    file.make()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.check_database()


def test_the_file_of_another_database_is_not_adopted(tmp_path):
    path = tmp_path / "keys.json"
    keyfile.KeyFile(None, DATABASE, path).make()
    other = keyfile.KeyFile(None, "0c1f7a3e-0000-11f0-8000-000000000002", path)
    assert code_of(other.check_database) == "foreign"
