"""Tests of e-invoices."""
