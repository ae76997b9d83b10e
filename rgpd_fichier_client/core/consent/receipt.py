"""The receipt a person keeps of what they decided.

The shape is that of the Kantara Consent Receipt 1.1, which other tools read. What that
shape has no word for (a refusal, the exact words, their fingerprint) is beside it under
``record``, named after ISO/IEC TS 27560.
"""

from datetime import timezone

VERSION = "KI-CR-v1.1.0"


def build_receipt(event, controller):
    """Return one receipt, as JSON values.

    :param event: uid, moment (naive UTC), decision, channel, purpose_code, purpose,
        categories, collection_method, language, text, sha256, subject_uid, expires_on
    :param controller: name, contact, email, phone, address, policy_url, jurisdiction
    """
    moment = event["moment"].replace(tzinfo=timezone.utc)
    is_third_party = event["channel"] == "partners"
    return {
        "version": VERSION,
        "jurisdiction": controller["jurisdiction"],
        "consentTimestamp": int(moment.timestamp()),
        "collectionMethod": event["collection_method"],
        "consentReceiptID": event["uid"],
        "language": event["language"],
        "piiPrincipalId": event["subject_uid"],
        "piiControllers": [
            {
                "piiController": controller["name"],
                "contact": controller["contact"],
                "email": controller["email"],
                "phone": controller["phone"],
                "address": controller["address"],
                "onBehalf": False,
            }
        ],
        "policyUrl": controller["policy_url"],
        "services": [
            {
                "service": event["channel_name"],
                "purposes": [
                    {
                        "purpose": event["purpose"],
                        "purposeCategory": [event["purpose_code"] or "all"],
                        "consentType": "EXPLICIT",
                        "piiCategory": event["categories"],
                        "primaryPurpose": False,
                        "termination": event["expires_on"] or "withdrawal",
                        "thirdPartyDisclosure": is_third_party,
                        "thirdPartyName": "",
                    }
                ],
            }
        ],
        "sensitive": False,
        "spiCat": [],
        "record": {
            "event_type": event["decision"],
            "event_time": moment.isoformat(),
            "validity_end": event["expires_on"],
            "notice_text": event["text"],
            "notice_sha256": event["sha256"],
        },
    }
