"""Country names as registries print them, with their ISO 3166-1 codes; and places that are printed in one line.

A name that is not in the table has no code and is kept as it stands.
"""

from __future__ import annotations

import re

from review.model.record import Location
from review.text import fold_blanks, fold_word

_NAMES = (
    "AF Afghanistan|AL Albania|DZ Algeria|AS American Samoa|AD Andorra|AO Angola|AI Anguilla|AG Antigua and Barbuda|AR Argentina"
    "|AM Armenia|AW Aruba|AU Australia|AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium"
    "|BZ Belize|BJ Benin|BM Bermuda|BT Bhutan|BO Bolivia|BA Bosnia and Herzegovina|BW Botswana|BR Brazil|BN Brunei"
    "|BN Brunei Darussalam|BG Bulgaria|BF Burkina Faso|BI Burundi|KH Cambodia|CM Cameroon|CA Canada|CV Cape Verde|CV Cabo Verde"
    "|KY Cayman Islands|CF Central African Republic|TD Chad|CL Chile|CN China|CN People's Republic of China|CN P.R. China|CO Colombia"
    "|KM Comoros|CG Congo|CD Democratic Republic of the Congo|CD Congo, The Democratic Republic of the|CR Costa Rica|CI Côte d'Ivoire"
    "|CI Ivory Coast|HR Croatia|CU Cuba|CY Cyprus|CZ Czech Republic|CZ Czechia|DK Denmark|DJ Djibouti|DM Dominica"
    "|DO Dominican Republic|EC Ecuador|EG Egypt|SV El Salvador|GQ Equatorial Guinea|ER Eritrea|EE Estonia|SZ Eswatini|SZ Swaziland"
    "|ET Ethiopia|FO Faroe Islands|FJ Fiji|FI Finland|FR France|GF French Guiana|PF French Polynesia|GA Gabon|GM Gambia|GM The Gambia"
    "|GE Georgia|DE Germany|GH Ghana|GI Gibraltar|GR Greece|GL Greenland|GD Grenada|GP Guadeloupe|GU Guam|GT Guatemala|GN Guinea"
    "|GW Guinea-Bissau|GY Guyana|HT Haiti|VA Holy See|HN Honduras|HK Hong Kong|HU Hungary|IS Iceland|IN India|ID Indonesia|IR Iran"
    "|IR Iran, Islamic Republic of|IR Iran (Islamic Republic of)|IQ Iraq|IE Ireland|IL Israel|IT Italy|JM Jamaica|JP Japan|JE Jersey"
    "|JO Jordan|KZ Kazakhstan|KE Kenya|KI Kiribati|KP North Korea|KR South Korea|KR Korea, Republic of|KR Republic of Korea"
    "|KP Korea, Democratic People's Republic of|XK Kosovo|KW Kuwait|KG Kyrgyzstan|LA Laos|LA Lao People's Democratic Republic"
    "|LV Latvia|LB Lebanon|LS Lesotho|LR Liberia|LY Libya|LY Libyan Arab Jamahiriya|LI Liechtenstein|LT Lithuania|LU Luxembourg"
    "|MO Macau|MO Macao|MG Madagascar|MW Malawi|MY Malaysia|MV Maldives|ML Mali|MT Malta|MQ Martinique|MR Mauritania|MU Mauritius"
    "|YT Mayotte|MX Mexico|FM Micronesia|MD Moldova|MD Moldova, Republic of|MC Monaco|MN Mongolia|ME Montenegro|MA Morocco"
    "|MZ Mozambique|MM Myanmar|MM Burma|NA Namibia|NP Nepal|NL Netherlands|NL The Netherlands|NC New Caledonia|NZ New Zealand"
    "|NI Nicaragua|NE Niger|NG Nigeria|MK North Macedonia|MK Macedonia|MK Macedonia, The Former Yugoslav Republic of|NO Norway"
    "|OM Oman|PK Pakistan|PS Palestine|PS Palestinian Territory, occupied|PS Palestinian Territories|PA Panama|PG Papua New Guinea"
    "|PY Paraguay|PE Peru|PH Philippines|PL Poland|PT Portugal|PR Puerto Rico|QA Qatar|RE Réunion|RO Romania|RU Russia"
    "|RU Russian Federation|RW Rwanda|KN Saint Kitts and Nevis|LC Saint Lucia|VC Saint Vincent and the Grenadines|WS Samoa"
    "|SM San Marino|ST Sao Tome and Principe|SA Saudi Arabia|SN Senegal|RS Serbia|SC Seychelles|SL Sierra Leone|SG Singapore"
    "|SK Slovakia|SK Slovak Republic|SI Slovenia|SB Solomon Islands|SO Somalia|ZA South Africa|SS South Sudan|ES Spain|LK Sri Lanka"
    "|SD Sudan|SR Suriname|SE Sweden|CH Switzerland|SY Syria|SY Syrian Arab Republic|TW Taiwan|TW Taiwan, Province of China"
    "|TJ Tajikistan|TZ Tanzania|TZ Tanzania, United Republic of|TZ United Republic of Tanzania|TH Thailand|TL Timor-Leste|TG Togo"
    "|TO Tonga|TT Trinidad and Tobago|TN Tunisia|TR Turkey|TR Türkiye|TR Turkey (Türkiye)|TM Turkmenistan|UG Uganda|UA Ukraine"
    "|AE United Arab Emirates|GB United Kingdom|GB UK|GB Great Britain|GB England|GB Scotland|GB Wales|GB Northern Ireland"
    "|US United States|US United States of America|US USA|US U.S.A.|US US|UY Uruguay|UZ Uzbekistan|VU Vanuatu|VE Venezuela"
    "|VE Venezuela, Bolivarian Republic of|VN Vietnam|VN Viet Nam|VI Virgin Islands (U.S.)|YE Yemen|ZM Zambia|ZW Zimbabwe"
)
_CODES = {fold_word(name): code for code, _, name in (entry.partition(" ") for entry in _NAMES.split("|"))}
_SECOND_PART = re.compile(
    r"(?:the )?(?:islamic|democratic|people's|bolivarian|united|former yugoslav|province|republic|plurinational|occupied|federated)\b.*",
    re.I,
)


def country_code(name: str) -> str | None:
    """The ISO 3166-1 code (two letters) of a printed country name, or None when the name is not known."""
    return _CODES.get(fold_word(name))


def location_of(line: str) -> Location:
    """The place of ``City, State, Country``, where a part may be empty (``Beijing, , China``).

    Only a line of three parts, or one that ends in a known country, is taken apart; of any other the line itself is kept.
    """
    raw = fold_blanks(line)
    parts = [part.strip() for part in raw.split(",")]
    if len(parts) > 2 and parts[-2] and _SECOND_PART.fullmatch(parts[-1]) and country_code(f"{parts[-2]}, {parts[-1]}"):
        parts[-2:] = [f"{parts[-2]}, {parts[-1]}"]
    known = country_code(parts[-1]) is not None
    if len(parts) == 1:
        return Location(country=raw, raw=raw) if known else Location(raw=raw)
    if len(parts) == 2:
        return Location(city=parts[0] or None, country=parts[1], raw=raw) if known else Location(raw=raw)
    if len(parts) == 3 or known:
        facility = ", ".join(part for part in parts[:-3] if part)
        return Location(facility=facility or None, city=parts[-3] or None, state=parts[-2] or None, country=parts[-1] or None, raw=raw)
    return Location(raw=raw)
