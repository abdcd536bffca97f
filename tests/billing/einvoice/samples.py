"""E-invoices as suppliers send them. All parties are invented; all check digits are right."""

from base64 import b64encode
from decimal import Decimal
from typing import Any

PDF = b"%PDF-1.4\n% an invented bill\n%%EOF\n"
EAN = "541448860000000011"
GAS_EAN = "541448860000000028"
GSRN = "643007570000000017"
OGM = "+++090/9337/55493+++"
BELGIAN_IBAN = "BE68539007547034"
FINNISH_IBAN = "FI2112345600000785"
VIITENUMERO = "1232"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def ubl_line(
    net: str,
    rate: str,
    name: str,
    *,
    kind: str = "Invoice",
    quantity: str = "1",
    unit: str = "C62",
    more: str = "",
    start: str = "2026-10-01",
    end: str = "2026-10-31",
) -> str:
    """Return a line of an invoice or a credit note."""
    amount = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    return f"""
  <cac:{kind}Line>
    <cbc:ID>1</cbc:ID>
    <cbc:{amount} unitCode="{unit}">{quantity}</cbc:{amount}>
    <cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
    <cac:InvoicePeriod>
      <cbc:StartDate>{start}</cbc:StartDate><cbc:EndDate>{end}</cbc:EndDate>
    </cac:InvoicePeriod>
    {more}
    <cac:Item>
      <cbc:Name>{name}</cbc:Name>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
      <cac:AdditionalItemProperty>
        <cbc:Name>EAN</cbc:Name><cbc:Value>{EAN}</cbc:Value>
      </cac:AdditionalItemProperty>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">1</cbc:PriceAmount></cac:Price>
  </cac:{kind}Line>"""


def ubl_tax(*rates: tuple[str, str, str]) -> str:
    """Return the VAT: rate, base and tax of each part."""
    total = sum((Decimal(tax) for _, _, tax in rates), Decimal())
    parts = "".join(
        f"""
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">{base}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>"""
        for rate, base, tax in rates
    )
    return f"""
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">{total}</cbc:TaxAmount>{parts}
  </cac:TaxTotal>"""


def ubl_totals(lines: str, net: str, gross: str, payable: str, **more: str) -> str:
    """Return the sums."""
    rest = "".join(
        f'<cbc:{name} currencyID="EUR">{each}</cbc:{name}>' for name, each in more.items()
    )
    return f"""
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">{lines}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
    {rest}
    <cbc:PayableAmount currencyID="EUR">{payable}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>"""


def ubl(
    body: str,
    *,
    kind: str = "Invoice",
    number: str = "26-EX-000101",
    means: str = "30",
    pdf: bytes = PDF,
    mime: str = "application/pdf",
) -> bytes:
    """Return a Peppol BIS Billing 3 document around its amounts."""
    due = "<cbc:DueDate>2026-12-05</cbc:DueDate>" if kind == "Invoice" else ""
    code = "380" if kind == "Invoice" else "381"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="{UBL}{kind}-2"
    xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>{number}</cbc:ID>
  <cbc:IssueDate>2026-11-20</cbc:IssueDate>{due}
  <cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:InvoicePeriod>
    <cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate>
  </cac:InvoicePeriod>
  <cac:AdditionalDocumentReference>
    <cbc:ID>bill</cbc:ID>
    <cac:Attachment>
      <cbc:EmbeddedDocumentBinaryObject mimeCode="{mime}" filename="bill.pdf">
        {b64encode(pdf).decode()}
      </cbc:EmbeddedDocumentBinaryObject>
    </cac:Attachment>
  </cac:AdditionalDocumentReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyName><cbc:Name>Voorbeeld Energie</cbc:Name></cac:PartyName>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Voorbeeld Energie NV</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyName><cbc:Name>Bakkerij Voorbeeld BV</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>{means}</cbc:PaymentMeansCode>
    <cbc:PaymentID>{OGM}</cbc:PaymentID>
    <cac:PayeeFinancialAccount>
      <cbc:ID>{BELGIAN_IBAN}</cbc:ID>
      <cac:FinancialInstitutionBranch><cbc:ID>GKCCBEBB</cbc:ID></cac:FinancialInstitutionBranch>
    </cac:PayeeFinancialAccount>
  </cac:PaymentMeans>{body}
</{kind}>
""".encode()


def ubl_electricity(**changes: Any) -> bytes:
    """Return a month of electricity by day and night, all at one rate."""
    return ubl(
        ubl_tax(("21", "153.33", "32.20"))
        + ubl_totals("153.33", "153.33", "185.53", "185.53")
        + ubl_line("75.00", "21", "Energie dag", quantity="0.5", unit="MWH")
        + ubl_line("40.11", "21", "Energie nacht", quantity="320.5", unit="KWH")
        + ubl_line("8.22", "21", "Vaste vergoeding")
        + ubl_line("30.00", "21", "Distributienettarieven"),
        **changes,
    )


def ubl_settlement() -> bytes:
    """Return a settlement with two rates, an allowance, a charge, advances and rounding."""
    allowances = """
  <cac:AllowanceCharge>
    <cbc:ChargeIndicator>false</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>Korting</cbc:AllowanceChargeReason>
    <cbc:Amount currencyID="EUR">10.00</cbc:Amount>
    <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>6</cbc:Percent></cac:TaxCategory>
  </cac:AllowanceCharge>
  <cac:AllowanceCharge>
    <cbc:ChargeIndicator>true</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>Herinneringskosten</cbc:AllowanceChargeReason>
    <cbc:Amount currencyID="EUR">7.50</cbc:Amount>
    <cac:TaxCategory><cbc:ID>O</cbc:ID></cac:TaxCategory>
  </cac:AllowanceCharge>"""
    tax = ubl_tax(("6", "990.00", "59.40"), ("21", "100.00", "21.00")).replace(
        "</cac:TaxTotal>",
        """<cac:TaxSubtotal>
      <cbc:TaxableAmount>7.50</cbc:TaxableAmount><cbc:TaxAmount>0.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>O</cbc:ID></cac:TaxCategory>
    </cac:TaxSubtotal></cac:TaxTotal>""",
    )
    return ubl(
        allowances
        + tax
        + ubl_totals(
            "1100.00",
            "1097.50",
            "1177.90",
            "178.00",
            AllowanceTotalAmount="10.00",
            ChargeTotalAmount="7.50",
            PrepaidAmount="1000.00",
            PayableRoundingAmount="0.10",
        )
        + ubl_line("1000.00", "6", "Verbruik elektriciteit", quantity="4000", unit="KWH")
        + ubl_line("100.00", "21", "Abonnement service"),
        number="26-EX-000102",
    )


def ubl_credit_note() -> bytes:
    """Return a credit note for injected electricity."""
    return ubl(
        ubl_tax(("21", "20.00", "4.20"))
        + ubl_totals("20.00", "20.00", "24.20", "24.20")
        + ubl_line("20.00", "21", "Injectie", kind="CreditNote", quantity="400", unit="KWH"),
        kind="CreditNote",
        number="26-EX-000103",
    )


def finvoice_row(
    net: str | None,
    rate: str,
    name: str,
    *,
    quantity: str = "1",
    unit: str = "kpl",
    gross: str = "",
    prefix: str = "",
) -> str:
    """Return a row; without a net amount it has what `gross` says, or no amount at all."""
    amount = (
        "" if net is None else f"<{prefix}RowVatExcludedAmount>{net}</{prefix}RowVatExcludedAmount>"
    )
    total = f"<{prefix}RowAmount>{gross}</{prefix}RowAmount>" if gross else ""
    tag = f"{prefix}InvoiceRow"
    return f"""
  <{tag}>
    <{prefix}ArticleName>{name}</{prefix}ArticleName>
    <{prefix}InvoicedQuantity QuantityUnitCode="{unit}">{quantity}</{prefix}InvoicedQuantity>
    <{prefix}StartDate Format="CCYYMMDD">20261001</{prefix}StartDate>
    <{prefix}EndDate Format="CCYYMMDD">20261031</{prefix}EndDate>
    <{prefix}RowVatRatePercent>{rate}</{prefix}RowVatRatePercent>{amount}{total}
  </{tag}>"""


def finvoice(
    rows: str,
    *,
    gross: str,
    net: str | None = None,
    vat: str | None = None,
    details: str = "",
    code: str = "INV01",
    number: str = "26101681",
    encoding: str = "ISO-8859-15",
    frame: bool = False,
) -> bytes:
    """Return a Finvoice 3.0 document around its amounts."""
    sums = "".join(
        f'<InvoiceTotal{name}Amount AmountCurrencyIdentifier="EUR">{amount}</InvoiceTotal{name}Amount>'
        for name, amount in (("VatExcluded", net), ("Vat", vat), ("VatIncluded", gross))
        if amount is not None
    )
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<?xml-stylesheet type="text/xsl" href="Finvoice.xsl"?>
<Finvoice Version="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="Finvoice3.0.xsd">
  <SellerPartyDetails>
    <SellerPartyIdentifier>0000000-0</SellerPartyIdentifier>
    <SellerOrganisationName>Esimerkkisähkö Oy</SellerOrganisationName>
  </SellerPartyDetails>
  <SellerInformationDetails>
    <SellerAccountDetails>
      <SellerAccountID IdentificationSchemeName="IBAN">{FINNISH_IBAN}</SellerAccountID>
      <SellerBic IdentificationSchemeName="BIC">NDEAFIHH</SellerBic>
    </SellerAccountDetails>
  </SellerInformationDetails>
  <BuyerPartyDetails><BuyerOrganisationName>Essi Esimerkki</BuyerOrganisationName></BuyerPartyDetails>
  <InvoiceDetails>
    <InvoiceTypeCode>{code}</InvoiceTypeCode>
    <InvoiceTypeText>LASKU</InvoiceTypeText>
    <OriginCode>Original</OriginCode>
    <InvoiceNumber>{number}</InvoiceNumber>
    <InvoiceDate Format="CCYYMMDD">20261118</InvoiceDate>
    <InvoicingPeriodStartDate Format="CCYYMMDD">20261001</InvoicingPeriodStartDate>
    <InvoicingPeriodEndDate Format="CCYYMMDD">20261031</InvoicingPeriodEndDate>
    {sums}{details}
    <InvoiceFreeText>Käyttöpaikka {GSRN}</InvoiceFreeText>
    <PaymentTermsDetails>
      <InvoiceDueDate Format="CCYYMMDD">20261203</InvoiceDueDate>
    </PaymentTermsDetails>
  </InvoiceDetails>{rows}
  <EpiDetails>
    <EpiPartyDetails>
      <EpiBfiPartyDetails><EpiBfiIdentifier>NDEAFIHH</EpiBfiIdentifier></EpiBfiPartyDetails>
      <EpiBeneficiaryPartyDetails>
        <EpiNameAddressDetails>Esimerkkisähkö Oy</EpiNameAddressDetails>
        <EpiAccountID IdentificationSchemeName="IBAN">{FINNISH_IBAN}</EpiAccountID>
      </EpiBeneficiaryPartyDetails>
    </EpiPartyDetails>
    <EpiPaymentInstructionDetails>
      <EpiRemittanceInfoIdentifier IdentificationSchemeName="SPY">{VIITENUMERO}</EpiRemittanceInfoIdentifier>
      <EpiInstructedAmount AmountCurrencyIdentifier="EUR">{gross}</EpiInstructedAmount>
      <EpiDateOptionDate Format="CCYYMMDD">20261203</EpiDateOptionDate>
    </EpiPaymentInstructionDetails>
  </EpiDetails>
</Finvoice>
"""
    envelope = """<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
<SOAP-ENV:Header/><SOAP-ENV:Body/></SOAP-ENV:Envelope>
"""
    return ((envelope if frame else "") + text).encode(encoding)


def vat_specification(base: str, rate: str, tax: str) -> str:
    """Return a part of the VAT of a Finvoice."""
    return f"""
    <VatSpecificationDetails>
      <VatBaseAmount>{base}</VatBaseAmount>
      <VatRatePercent>{rate}</VatRatePercent>
      <VatRateAmount>{tax}</VatRateAmount>
    </VatSpecificationDetails>"""


def finvoice_electricity(**changes: Any) -> bytes:
    """Return a month of electricity by day and night, with the monthly fee."""
    return finvoice(
        finvoice_row("40,00", "25,5", "Päiväenergia", quantity="500,5", unit="kWh")
        + finvoice_row("19,99", "25,5", "Yöenergia", quantity="300", unit="kWh")
        + finvoice_row("3,98", "25,5", "Perusmaksu"),
        net="63,97",
        vat="16,31",
        gross="80,28",
        details=vat_specification("63,97", "25,5", "16,31"),
        **changes,
    )


def finvoice_credit_note() -> bytes:
    """Return a credit note, whose amounts are negative."""
    return finvoice(
        finvoice_row("-10,00", "25,5", "Hyvitys energia", quantity="-100", unit="kWh"),
        net="-10,00",
        vat="-2,55",
        gross="-12,55",
        code="INV02",
        number="26101682",
    )
