"""What the practice's staff would type into the product on the first day: who they are, whom they bill, how to connect."""

from typing import Any

from apps.sandbox.cards import till
from apps.sandbox.clearinghouse import eligibility
from apps.sandbox.clearinghouse.sftp import host_key
from apps.sandbox.control.charges import COLUMNS
from apps.sandbox.ehr import access
from apps.sandbox.ehr.shapes import CONSENT_FIELDS
from apps.sandbox.phone import exchange
from apps.sandbox.wire import identity
from apps.sandbox.world import practice
from apps.sandbox.world.payers import PAYERS, Payer
from apps.sandbox.world.practice import Address, Location, Provider
from apps.sandbox.world.world import World


def facts(world: World) -> dict[str, Any]:
    places = (*practice.LOCATIONS, practice.SATELLITE)
    return {
        "practice": {
            "name": practice.NAME,
            "npi": practice.NPI,
            "tax_id": practice.TAX_ID,
            "taxonomy": practice.TAXONOMY,
            "phone": practice.PHONE,
            "time_zone": practice.ZONE.key,
            "address": _address(practice.LOCATIONS[0].address),
        },
        "locations": [_location(each) for each in places],
        "providers": [_provider(each) for each in practice.PROVIDERS],
        "payers": [_payer(each) for each in PAYERS],
        "fee_schedule": {code: str(price) for code, price in practice.PRICES.items()},
        "satellite_export": {
            "columns": list(COLUMNS),
            "payers": {each.name: each.payer_id for each in PAYERS},
            "date_format": "%m/%d/%Y",
        },
        "connections": connections(world),
    }


def _address(found: Address) -> dict[str, str]:
    return {"line1": found.line1, "city": found.city, "state": found.state, "zip": found.zip}


def _location(found: Location) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "npi": found.npi,
        "phone": found.phone,
        "place_of_service": found.pos,
        "address": _address(found.address),
        "charges_by": "csv" if found is practice.SATELLITE else "ehr",
    }


def _provider(found: Provider) -> dict[str, Any]:
    return {
        "id": found.id,
        "first_name": found.first_name,
        "last_name": found.last_name,
        "suffix": found.suffix,
        "npi": found.npi,
        "taxonomy": found.taxonomy,
        "specialty": found.specialty,
    }


def _payer(found: Payer) -> dict[str, Any]:
    street, city, state, postcode = found.address
    return {
        "payer_id": found.payer_id,
        "name": found.name,
        "filing_indicator": found.kind,
        "member_id_pattern": found.member_id_pattern,
        "timely_filing_days": found.timely_filing_days,
        "correction_route": "replacement" if found.takes_replacement else "new_claim",
        "days_to_pay": found.days_to_pay,
        "tax_id": found.tax_id,
        "phone": found.phone,
        "address": {"line1": street, "city": city, "state": state, "zip": postcode},
        "allowed": {code: str(found.contracted(price)) for code, price in practice.PRICES.items()},
    }


def connections(world: World) -> dict[str, Any]:
    found = _connections(world)
    return {name: {**each, "hosts": [world.options.host]} for name, each in found.items()}


def _connections(world: World) -> dict[str, dict[str, Any]]:
    http = world.http_url
    return {
        "ehr": {
            "adapter": "drchrono",
            "base_url": f"{http}/drchrono",
            **access.credentials(world),
            "time_zone": practice.ZONE.key,
            "consent_fields": {name: number for name, (number, _) in CONSENT_FIELDS.items()},
            "webhook_path": "/webhooks/ehr/",
        },
        "clearinghouse": {**_sftp(world), **_eligibility(world)},
        "cards": {
            "adapter": "stripe",
            "base_url": f"{http}/stripe",
            **till.credentials(world),
            "webhook_path": till.PATH,
        },
        "phone": {
            "adapter": "twilio",
            "base_url": f"{http}/twilio",
            **exchange.credentials(world),
            "inbound_path": exchange.INBOUND_PATH,
            "missed_call_path": exchange.MISSED_CALL_PATH,
        },
    }


def _sftp(world: World) -> dict[str, Any]:
    ours, key = identity.credentials(world), host_key(world.options.state_dir)
    return {
        "adapter": "waystar",
        "sftp_host": world.options.host,
        "sftp_port": world.sftp_port,
        "sftp_user": ours["username"],
        "sftp_password": ours["password"],
        "sftp_host_key": key.export_public_key("openssh").decode().strip(),
        "sftp_fingerprint": key.get_fingerprint(),
        "upload_folder": "upload",
        "download_folder": "download",
        "claim_extension": identity.CLAIM_ROUTE,
        "sender_id": identity.SUBMITTER_ID,
        "submitter_id": identity.SUBMITTER_ID,
        "receiver_id": identity.RECEIVER_ID,
        "receiver_name": identity.NAME,
        "customer_id": identity.CUSTOMER_ID,
    }


def _eligibility(world: World) -> dict[str, Any]:
    ours = identity.credentials(world)
    return {
        "eligibility_url": f"{world.http_url}{eligibility.PATH}",
        "eligibility_user": ours["eligibility_user"],
        "eligibility_password": ours["eligibility_password"],
    }
