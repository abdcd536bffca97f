"""Electronic invoices: Peppol BIS Billing 3 (UBL 2.1) and Finvoice 3.0 in our neutral shape."""
