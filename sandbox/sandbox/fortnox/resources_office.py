"""The table of resources: the company itself, and small lists."""

from __future__ import annotations

from functools import partial

from sandbox.fortnox import facts, office
from sandbox.fortnox.resource import Resource

Setting = partial(Resource, scope="settings")

COMPANY = (
    Resource(
        name="companyinformation",
        scope="companyinformation",
        list="CompanyInformation",
        only=True,
        make=office.company_information,
        size=1,
    ),
    Setting(name="settings_company", list="CompanySettings", only=True, make=office.company_settings, size=1),
    Setting(
        name="settings_lockedperiod",
        list="LockedPeriod",
        only=True,
        make=office.locked_period,
        compute=office.locked_until,
        size=1,
    ),
    Resource(name="me", scope="profile", list="MeInformation", only=True, make=office.me, size=1),
    Setting(name="emailsenders", list="EmailSenders", only=True, make=office.email_senders, size=1),
    Setting(
        name="euvatlimitregulation",
        list="EUVatLimitRegulation",
        only=True,
        ignored=("year",),
        make=office.eu_vat_limit,
        size=1,
    ),
)

LISTS = (
    Setting(name="labels", list="Labels", key=("Id",), paged=False, make=office.label, size=3),
    Setting(
        name="units",
        list="Units",
        one="Unit",
        key=("Code",),
        lastmodified="honoured",
        not_found=(2000432, "Kan inte hitta enheten."),
        make=office.unit,
        size=len(facts.UNITS),
    ),
    Resource(
        name="currencies",
        scope="currency",
        list="Currencies",
        one="Currency",
        key=("Code",),
        not_found=(2000427, "Kan inte hitta valutan."),
        make=office.currency,
        size=len(facts.CURRENCIES),
    ),
    Setting(
        name="termsofpayments",
        list="TermsOfPayments",
        one="TermsOfPayment",
        key=("Code",),
        lastmodified="honoured",
        not_found=(2000429, "Kan inte hitta betalningsvillkoret."),
        make=office.term_of_payment,
        size=len(facts.PAYMENT_TERMS),
    ),
    Setting(
        name="termsofdeliveries",
        list="TermsOfDeliveries",
        one="TermsOfDelivery",
        key=("Code",),
        lastmodified="honoured",
        not_found=(2000435, "Kan inte hitta leveransvillkoret."),
        make=office.term_of_delivery,
        size=len(office.TERMS_OF_DELIVERY),
    ),
    Setting(
        name="wayofdeliveries",
        list="WayOfDeliveries",
        one="WayOfDelivery",
        key=("Code",),
        make=office.way_of_delivery,
        size=len(office.WAYS_OF_DELIVERY),
    ),
    Setting(
        name="modesofpayments",
        list="ModesOfPayments",
        one="ModeOfPayment",
        key=("Code",),
        make=office.mode_of_payment,
        size=len(office.MODES_OF_PAYMENT),
    ),
    Resource(
        name="printtemplates",
        scope="print",
        list="PrintTemplates",
        key=("Template",),
        paged=False,
        exact={"type": "_type"},
        make=office.print_template,
        size=len(office.TEMPLATES),
    ),
    Setting(
        name="predefinedaccounts",
        list="PreDefinedAccounts",
        one="PreDefinedAccount",
        key=("Name",),
        paged=False,
        make=office.predefined_account,
        size=len(office.PREDEFINED_ACCOUNTS),
    ),
    Setting(
        name="predefinedvoucherseries",
        list="PreDefinedVoucherSeriesCollection",
        one="PreDefinedVoucherSeries",
        key=("Name",),
        paged=False,
        make=office.predefined_series,
        size=len(office.PREDEFINED_SERIES),
    ),
    Resource(
        name="accountcharts",
        scope="bookkeeping",
        list="AccountCharts",
        key=("Name",),
        paged=False,
        make=office.account_chart,
        size=len(office.ACCOUNT_CHARTS),
    ),
)
