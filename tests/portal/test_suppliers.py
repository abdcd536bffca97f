"""The suppliers we know."""

from yarl import URL

from custom_components.lumme_energy.portal.suppliers import SUPPLIERS, Supplier


def test_each_supplier_is_described() -> None:
    assert set(SUPPLIERS) == set(Supplier)
    for info in SUPPLIERS.values():
        assert info.portal.unconfirmed <= info.portal.capabilities
        if not info.has_portal:
            assert not info.portal.capabilities
            continue
        for link in (info.portal_url, info.register_url, info.reset_url):
            assert URL(link).scheme == "https"
