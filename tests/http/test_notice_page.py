from lxml import html

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

    def test_purposes_of_one_name_are_told_apart_by_their_channels(self):
        purposes = self.env["rgpd.purpose"]._get_purposes(self.company)
        by_code = {purpose.code: purpose for purpose in purposes}
        same = by_code["prospect_email_b2c"] | by_code["prospect_sms_b2c"]
        same.public_name = "Our offers"
        by_code["prospect_postal"].public_name = "Our catalogue"
        names = [
            notice["name"]
            for notice in self.env["rgpd.notice"]._get_public_notices(self.company)
        ]
        self.assertIn("Our offers (E-mail)", names)
        self.assertIn("Our offers (SMS)", names)
        self.assertNotIn("Our offers", names)
        self.assertIn("Our catalogue", names)
        page = html.fromstring(self.url_open("/privacy/notice").content)
        titles = [title.text_content() for title in page.xpath("//summary")]
        self.assertIn("Our offers (SMS)", titles)

    def test_purposes_of_one_name_and_channel_too(self):
        purposes = self.env["rgpd.purpose"]._get_purposes(self.company)
        by_code = {purpose.code: purpose for purpose in purposes}
        same = by_code["prospect_email_b2c"] | by_code["prospect_b2b_email"]
        same.write({"public_name": "Our offers", "channel_sms": False})
        copy = by_code["prospect_postal"]
        copy.write({"public_name": "Our offers", "channel_post": False})
        copy.write({"channel_email": True, "name": same[0].name})
        titles = [
            notice["name"]
            for notice in self.env["rgpd.notice"]._get_public_notices(self.company)
        ]
        self.assertEqual(len({title.casefold() for title in titles}), len(titles))
        self.assertIn(f"Our offers (E-mail) ({same[1].name})", titles)

    def test_an_unknown_company_shows_ours(self):
        self.assertIn(self.company.name, self.url_open("/privacy/notice/0").text)
        self.assertEqual(self.url_open("/privacy/notice/999999").status_code, 200)

    def test_it_takes_no_post(self):
        response = self.url_open("/privacy/notice", data={"a": 1})
        self.assertEqual(response.status_code, 405)
