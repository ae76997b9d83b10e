"""The receipt a person keeps of what they decided.

The shape is that of the Kantara Consent Receipt 1.1, which other tools read. What that
shape has no word for (a refusal, the exact words, their fingerprint) is beside it under
``record``, whose sections and names are those of its successor, ISO/IEC TS 27560:2023:
header, processing, parties, event.
"""

from datetime import timezone

VERSION = "KI-CR-v1.1.0"
RECORD_VERSION = "ISO/IEC TS 27560:2023"
CONTROLLER = "controller"


def build_receipt(event, controller):
    """Return one receipt, as JSON values.

    :param event: uid, moment (naive UTC), decision, channel, channel_name,
        purpose_code, purpose, basis, categories, retention, rights,
        collection_method, language, text, sha256, subject_uid, actor, expires_on
    :param controller: name, contact, email, phone, address, policy_url, jurisdiction,
        withdrawal
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
        "record": _build_record(event, controller, moment),
    }


def _build_record(event, controller, moment):
    """Return the same act in the sections of ISO/IEC TS 27560."""
    return {
        "schema_version": RECORD_VERSION,
        "record_id": event["uid"],
        "pii_principal_id": event["subject_uid"],
        "pii_processing": {
            "privacy_notice": controller["policy_url"],
            "language": event["language"],
            "notice_text": event["text"],
            "notice_sha256": event["sha256"],
            "purposes": [
                {
                    "purpose": event["purpose"],
                    "purpose_type": event["purpose_code"] or "all",
                    "lawful_basis": event["basis"],
                    "services": [event["channel_name"]],
                    "pii_information": [
                        {"pii_type": category} for category in event["categories"]
                    ],
                    "pii_controllers": [CONTROLLER],
                    "collection_method": event["collection_method"],
                    "retention_period": event["retention"],
                    "withdrawal_method": controller["withdrawal"],
                    "privacy_rights": event["rights"],
                    "jurisdiction": controller["jurisdiction"],
                }
            ],
        },
        "party_identification": [
            {
                "party_id": CONTROLLER,
                "party_role": "PII controller",
                "party_name": controller["name"],
                "party_contact": controller["contact"],
                "party_email": controller["email"],
                "party_phone": controller["phone"],
                "party_address": controller["address"],
                "party_url": controller["policy_url"],
            }
        ],
        "event": [
            {
                "event_time": moment.isoformat(),
                "event_type": "explicit",
                "event_state": event["decision"],
                "entity_id": event["actor"],
                "validity_end": event["expires_on"],
            }
        ],
    }
