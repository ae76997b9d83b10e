from ..common import RgpdHttpCase


class TestNoticePage(RgpdHttpCase):
    def test_everybody_reads_the_notices(self):
        versions = self.env["rgpd.notice.version"].search_count([])
        response = self.url_open("/privacy/notice")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Legal basis: Consent", response.text)
        self.assertIn("/privacy/preferences", response.text)
        # reading writes nothing
        self.assertEqual(self.env["rgpd.notice.version"].search_count([]), versions)

    def test_an_unknown_company_shows_ours(self):
        self.assertIn(self.company.name, self.url_open("/privacy/notice/0").text)
        self.assertEqual(self.url_open("/privacy/notice/999999").status_code, 200)

    def test_it_takes_no_post(self):
        response = self.url_open("/privacy/notice", data={"a": 1})
        self.assertEqual(response.status_code, 405)
